// Runs the command line in this process and prints its peak memory to stderr at exit.
import { main } from '../../dist/cli/main.js'

process.on('exit', () => {
  process.stderr.write(`peak-rss-mib ${Math.round(process.resourceUsage().maxRSS / 1024)}\n`)
})
await main([process.argv[0], 'gateway', ...process.argv.slice(2)])
