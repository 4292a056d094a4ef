# frozen_string_literal: true

# What the client has besides the methods of the API.

module Service
  class BaseClient
    # @return [Configuration]
    attr_reader :config

    # Methods of the API may be called like methods of Kernel: nothing here calls one of those on itself.
    def initialize(options = {})
      @config = Configuration.new(options)
      @transport = Transport.new(@config)
    end

    # Names of the methods that call the API.
    # @return [Array<Symbol>]
    def operation_names
      ClientApi::OPERATIONS.keys
    end

    # Says no secret.
    def inspect
      "#<#{self.class} #{@config.endpoint}>"
    end
  end
end
