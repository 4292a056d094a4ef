# Uses the generated Ruby SDK of the calculator as AWS's developer guide does, and prints what it got, a line each.

require 'simplecalc-sdk'
require 'socket'

endpoint, api_key, user_id, user_secret, session_id, session_secret, session_token = ARGV

client = SimpleCalc::Client.new(
  http_read_timeout: 50,
  retry_limit: 5,
  endpoint: endpoint
)
puts "operations #{client.operation_names.first(3)}"

resp = client.get_api_root({ a: '1', b: '2', op: '+' })
puts "query #{resp.result.output.c} #{resp.status_code} #{resp.headers['content-type']}"
resp = client.post_api_root(input: { a: '1.5', b: 2, op: '*' })
puts "body #{resp.result.output.c} #{JSON.generate(resp.result[:input].to_h)}"
resp = client.get_ab_op({ a: '1', b: '2', op: '-' })
puts "path #{resp.result.output.c} #{resp.result.input.op} #{resp.class}"
begin
  client.get_ab_op(a: '1', b: '0', op: 'div')
rescue SimpleCalc::Errors::BadRequestException => e
  puts "refused #{e.data.reason} | #{e.message} | #{e.status_code}"
end
begin
  client.get_api_root(a: '1', b: '2')
rescue ArgumentError => e
  puts e.message
end
begin
  client.post_api_root(input: { x: 1 })
rescue ArgumentError => e
  puts e.message
end

put = client.put_files_proxy(
  { proxy: 'one/two three+ü', x_kind: 'a b', body: 'täxt' },
  { headers: { 'Content-Type' => 'text/plain' }, query: { "it's" => ['*a b&c~', 'd'] } }
)
puts "plain #{put.body}"

begin
  client.get_keyed(api_key: 'wrong')
rescue SimpleCalc::Errors::ForbiddenException => e
  puts "no key #{e.code} #{e.message}"
end
puts "key #{SimpleCalc::Client.new(endpoint: endpoint, api_key: api_key).get_keyed.status_code}"
puts "key #{client.get_keyed(api_key: api_key).status_code}"

begin
  client.post_signed
rescue SimpleCalc::Errors::MissingCredentialsError => e
  puts "unsigned #{e.message}"
end
signing = SimpleCalc::Client.new(endpoint: endpoint, access_key_id: user_id, secret_access_key: user_secret)
signed = signing.post_signed({ body: { name: 'Zoë "x"' } }, query: { b: "*'()!~ ü", a1: 1, a: [3, 2] })
puts "signed #{signed.body}"
puts "name #{signing.get_signed_name(name: 'a b/c%ü$').body}"
session = SimpleCalc::Credentials.new(session_id, session_secret, session_token)
puts "session #{SimpleCalc::Client.new(endpoint: endpoint, credentials: session).post_signed.status_code}"
begin
  wrong = SimpleCalc::Credentials.new(user_id, 'wrong')
  SimpleCalc::Client.new(endpoint: endpoint, credentials: wrong).post_signed
rescue SimpleCalc::Errors::ServiceError => e
  puts "signature #{e.status_code} #{e.code}"
end

# One that is busy twice; it is asked for the stage's path where the endpoint has none.
asked = []
busy = TCPServer.new('127.0.0.1', 0)
port = busy.addr[1]
thread = Thread.new do
  connection = busy.accept
  statuses = ['429 Too Many Requests', '429 Too Many Requests', '200 OK']
  statuses.each do |status|
    asked << connection.gets.split[1]
    nil until connection.gets == "\r\n"
    connection.write("HTTP/1.1 #{status}\r\nContent-Length: 0\r\n\r\n")
  end
  connection.close
end
patient = SimpleCalc::Client.new(endpoint: "http://127.0.0.1:#{port}")
puts "busy #{patient.get_api_root(a: 1, b: 2, op: '+').result.inspect} #{asked}"
thread.join
busy.close
begin
  SimpleCalc::Client.new(endpoint: "http://127.0.0.1:#{port}", retry_limit: 1).get_keyed
rescue SimpleCalc::Errors::NetworkingError => e
  puts "nobody #{e.sent?} #{e.original_error.class}"
end
threads = Array.new(4) { |i| Thread.new { client.get_ab_op(a: i, b: 1, op: '-').result.output.c } }
puts "threads #{threads.map(&:value)}"
