// Preloaded with NODE_OPTIONS=--import: any attempt to open a network connection ends the process at once.
import net from 'node:net'

net.Socket.prototype.connect = () => {
  process.stderr.write('a socket was opened\n')
  process.exit(99)
}
