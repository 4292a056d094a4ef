# frozen_string_literal: true

# Calls methods of the API: sends what was asked, waits, and makes of the answer a response or an error.

require 'json'

module Service
  # @api private
  class Transport
    TOO_MANY_REQUESTS = 429
    FIRST_PAUSE = 0.1

    def initialize(config)
      @config = config
      @connections = Connections.new(config)
    end

    def call(name, params, options)
      operation = ClientApi::OPERATIONS.fetch(name)
      request = Request.new(operation, params, options, @config)
      context = Context.new(name, params, 0, nil)
      until attempt(context, operation, request)
        sleep(rand * FIRST_PAUSE * (2**context.retries))
        context.retries += 1
      end
      (200..299).cover?(context.http_response.status_code) ? response(operation, context) : raise(error(operation, context))
    end

    private

    # Whether the answer is one to keep.
    def attempt(context, operation, request)
      last = context.retries >= @config.retry_limit
      context.http_response = exchange(operation, request)
      last || context.http_response.status_code != TOO_MANY_REQUESTS
    rescue Errors::NetworkingError => e
      # What nobody saw cannot be done twice.
      raise if e.sent? || last

      false
    end

    def exchange(operation, request)
      endpoint = @config.endpoint
      path = endpoint.path.sub(%r{/+\z}, '') + request.path
      port = endpoint.port == endpoint.default_port ? '' : ":#{endpoint.port}"
      headers = request.headers.merge('host' => "#{endpoint.host}#{port}")
      headers = signed(request, headers, path) if operation[:signed]
      target = request.query_string.empty? ? path : "#{path}?#{request.query_string}"
      headers['user-agent'] ||= "#{ClientApi::GEM} #{RUBY_ENGINE}/#{RUBY_VERSION}"
      @connections.exchange(request.verb, target, headers, request.body)
    end

    def signed(request, headers, path)
      credentials = @config.credentials
      raise Errors::MissingCredentialsError if credentials.nil?

      Signer.signed(request, headers, path, credentials, @config.region)
    end

    def response(operation, context)
      answer = operation[:answer]
      return Response.new(context) if answer.nil?

      response = answer.call.new(context)
      text = context.http_response.body_contents
      response.class.members.each { |name, member| response[name] = Shapes.read(member.type, parsed(text)) } unless text.empty?
      response
    end

    def parsed(text)
      JSON.parse(text)
    rescue JSON::ParserError => e
      raise Errors::ParseError, e.message
    end

    def error(operation, context)
      status = context.http_response.status_code
      json = begin
        parsed(context.http_response.body_contents)
      rescue Errors::ParseError
        nil
      end
      said = json.is_a?(Hash) ? json : {}
      message = said['message'] || said['Message'] || ''
      code = said['__type'] || said['code'] || context.http_response.headers['x-amzn-errortype']
      code = code.split('#').last.split(':').first if code.is_a?(String) && code.match?(/[^#:]/)
      data = Shapes.read(operation[:errors][status], json)
      Errors::BY_STATUS.fetch(status, Errors::ServiceError).new(context, message.to_s, code, data)
    end
  end
end
