import OpenAI from 'openai'

const client = new OpenAI() // address and key come from the environment
const { data, response } = await client.chat.completions
  .create({ model: 'auto', messages: [{ role: 'user', content: 'Translate "good morning" into French.' }] })
  .withResponse()
for (const name of ['model', 'tier', 'intent', 'cost-usd', 'attempts'])
  console.log(name, response.headers.get(`x-gateway-${name}`))
console.log(data.choices[0].message.content)
