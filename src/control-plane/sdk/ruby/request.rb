# frozen_string_literal: true

# What is sent for a call, before it is signed: every parameter in its place, encoded.

require 'json'

module Service
  # @api private
  class Request
    HEADER_NAME = /\A[!#$%&'*+.^_`|~0-9A-Za-z-]+\z/.freeze
    WITH_BODY = %w[PATCH POST PUT].freeze

    attr_reader :verb, :path, :headers, :body

    # RFC 3986.
    def self.encoded(text)
      text.to_s.encode(Encoding::UTF_8).b.gsub(/[^A-Za-z0-9\-._~]/n) { |byte| format('%%%02X', byte.ord) }
    end

    # `options`: headers and query parameters that the API does not name, as :headers and :query.
    def initialize(operation, params, options, config)
      @operation = operation
      @verb = operation[:verb]
      @params = checked(params)
      @query = []
      @headers = { 'accept' => 'application/json' }
      @path = expanded
      parameters(:query).each { |name, value| query(name, value) }
      parameters(:header).each { |name, value| header(name, value) }
      keys(config)
      take_body
      extras(options)
      header('content-length', 0) if @body.nil? && WITH_BODY.include?(@verb)
    end

    def query_string
      pairs(@query)
    end

    # By name, then by value: `a=2` comes before `a1=1`.
    def sorted_query_string
      pairs(@query.sort)
    end

    private

    def pairs(query)
      query.map { |pair| pair.join('=') }.join('&')
    end

    def checked(params)
      Shapes.expected('params', 'a hash', params) unless params.respond_to?(:to_h)
      given = params.to_h.transform_keys(&:to_sym).compact
      @operation[:parameters].each do |name, (_, _, required)|
        raise ArgumentError, "missing required parameter params[#{name.inspect}]" if required && given[name].nil?
      end
      known = @operation[:parameters].keys + @operation[:body].to_a.first(1)
      known << :api_key if @operation[:api_key]
      (given.keys - known).each { |name| raise ArgumentError, "unexpected value at params[#{name.inspect}]" }
      given
    end

    # What is given of the parameters of one place, by the names that the API has for them.
    def parameters(place)
      of_place = @operation[:parameters].select { |name, (location, _, _)| location == place && !@params[name].nil? }
      of_place.to_h { |name, (_, text, _)| [text, @params[name]] }
    end

    # `{name+}` keeps its slashes.
    def expanded
      values = parameters(:path)
      @operation[:path].gsub(/\{([^}+]+)(\+?)\}/) do
        name = Regexp.last_match(1)
        value = values.fetch(name).to_s
        segments = Regexp.last_match(2).empty? ? [value] : value.split('/', -1)
        # A dot would walk up the path.
        raise ArgumentError, "invalid value of #{name}" if value.empty? || !(segments & %w[. ..]).empty?

        segments.map { |segment| Request.encoded(segment) }.join('/')
      end
    end

    def query(name, value)
      (value.is_a?(Array) ? value : [value]).each { |one| @query << [Request.encoded(name), Request.encoded(one)] }
    end

    def header(name, value)
      raise ArgumentError, "invalid name of a header: #{name.inspect}" unless name.to_s.match?(HEADER_NAME)

      text = (value.is_a?(Array) ? value : [value]).join(', ')
      raise ArgumentError, "invalid value of the header #{name}" if text.match?(/[\r\n\0]/)

      @headers[name.to_s.downcase] = text
    end

    # AWS: the key is sent where a method asks for one, and may be given with a call. Seen: aws-sdk-core, plugins/api_key.rb.
    # AWS: authorizer_token is for methods with an authorizer. Seen: aws-sdk-core, plugins/apig_authorizer_token.rb.
    def keys(config)
      own = @operation[:parameters].key?(:api_key) ? nil : @params[:api_key]
      key = own || config.api_key
      header('x-api-key', key) if @operation[:api_key] && key
      header(@operation[:authorizer], config.authorizer_token) if @operation[:authorizer] && config.authorizer_token
    end

    # A text, or what can be read, is sent as it is where the API has no model; anything else is sent as JSON.
    def take_body
      name, type = @operation[:body]
      value = name && @params[name]
      return if value.nil?

      value = value.read if type == :any && value.respond_to?(:read)
      @body = type == :any && value.is_a?(String) ? value : JSON.generate(Shapes.write(type, value, "params[#{name.inspect}]"))
      header('content-type', 'application/json')
    end

    def extras(options)
      unknown = options.keys - %i[headers query]
      raise ArgumentError, "unexpected option #{unknown.first.inspect}" unless unknown.empty?

      options.fetch(:query, {}).each { |name, value| query(name, value) }
      options.fetch(:headers, {}).each { |name, value| header(name, value) }
    end
  end
end
