# frozen_string_literal: true

# What a client is made with.

require 'uri'

module Service
  # An access key, which is temporary where it has a session token.
  Credentials = Struct.new(:access_key_id, :secret_access_key, :session_token) do
    def inspect
      "#<#{self.class} access_key_id=#{access_key_id.inspect}>"
    end
    alias_method :to_s, :inspect
  end

  class Configuration
    DEFAULTS = {
      access_key_id: nil,
      secret_access_key: nil,
      session_token: nil,
      credentials: nil,
      region: ClientApi::REGION,
      endpoint: ClientApi::ENDPOINT,
      api_key: nil,
      authorizer_token: nil,
      retry_limit: 3,
      http_open_timeout: 15,
      http_read_timeout: 60,
      http_idle_timeout: 5,
      http_wire_trace: false,
      logger: nil,
      ssl_verify_peer: true,
      ssl_ca_bundle: nil
    }.freeze

    DEFAULTS.each_key { |name| define_method(name) { @values[name] } unless %i[credentials endpoint].include?(name) }

    def initialize(options)
      options.each_key { |name| raise ArgumentError, "invalid configuration option `#{name.inspect}'" unless DEFAULTS.key?(name) }
      @values = DEFAULTS.merge(options.compact)
      @endpoint = place(@values[:endpoint].to_s)
    end

    # Where the API is, with its path.
    # @return [URI::HTTP]
    attr_reader :endpoint

    # What is signed with; nil if there is nothing. Asked for every call: a provider's may be others by then.
    def credentials
      given = @values[:credentials]
      return given.respond_to?(:credentials) ? given.credentials : given unless given.nil?

      key = [access_key_id, secret_access_key, session_token]
      key = ENV.values_at('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN') if key.compact.empty?
      key.first(2).any? { |part| part.to_s.empty? } ? nil : Credentials.new(*key)
    end

    # Says no secret.
    def inspect
      "#<#{self.class} endpoint=#{endpoint}>"
    end

    private

    # An endpoint without a path has the one of the stage.
    def place(text)
      given = URI.parse(text.include?('://') ? text : "https://#{text}")
      raise ArgumentError, "expected :endpoint to be an HTTP address, got #{text}" unless given.is_a?(URI::HTTP) && given.host

      given.path = URI.parse(ClientApi::ENDPOINT).path if ['', '/'].include?(given.path)
      given
    end
  end
end
