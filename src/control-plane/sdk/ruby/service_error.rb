# frozen_string_literal: true

# What goes wrong.

module Service
  module Errors
    # The API answered with a status that is no success.
    class ServiceError < RuntimeError
      include Answered

      # What the answer calls the error, if it does.
      # @return [String, nil]
      attr_reader :code

      # What the answer says: a structure where the API has a model for it, else its JSON, or nil.
      attr_reader :data

      def initialize(context, message, code = nil, data = nil)
        super(message)
        @context = context
        @code = code
        @data = data
      end
    end

    # There was no answer.
    class NetworkingError < RuntimeError
      # @return [StandardError]
      attr_reader :original_error

      def initialize(error, sent)
        super(error.message)
        @original_error = error
        @sent = sent
      end

      # Whether the API may have seen the request.
      def sent?
        @sent
      end
    end

    # The method is called by who signs, and there is no access key.
    class MissingCredentialsError < RuntimeError
      def initialize(message = 'unable to sign request without credentials set')
        super
      end
    end

    # The API has a model for what it answered, and it answered no JSON.
    class ParseError < RuntimeError; end
  end
end
