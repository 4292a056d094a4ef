# frozen_string_literal: true

# Values of Ruby and what they are in JSON. A type is :string, :integer, :number, :boolean or :any, [type] for a list, or a Proc that
# answers the class of a structure, which may be defined later.

module Service
  # @api private
  module Shapes
    NUMBER = /\A-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\z/.freeze

    module_function

    # A value of what JSON has. What is of another form than its type says is taken where nothing is lost, and stays as it is elsewhere.
    def read(type, json)
      case type
      when Proc then json.is_a?(Hash) ? read_structure(type.call, json) : json
      when Array then json.is_a?(Array) ? json.map { |item| read(type.first, item) } : json
      when :string then text?(json) ? json.to_s : json
      when :integer, :number then number(type, json) || json
      when :boolean then boolean(json).nil? ? json : boolean(json)
      else json
      end
    end

    # What JSON has of a value. `context` says in errors where it is.
    def write(type, value, context)
      return nil if value.nil?

      case type
      when Proc then write_structure(type.call, value, context)
      when Array then write_list(type.first, value, context)
      when :string then text?(value) || value.is_a?(Symbol) ? value.to_s : expected(context, 'a String', value)
      when :integer then number(type, value) || expected(context, 'an Integer', value)
      when :number then number(type, value) || expected(context, 'a Numeric', value)
      when :boolean then boolean(value).nil? ? expected(context, 'true or false', value) : boolean(value)
      else plain(value)
      end
    end

    # What JSON has of a value without a type.
    def plain(value)
      case value
      when Structure then write_structure(value.class, value, value.class.to_s)
      when Hash then value.transform_values { |one| plain(one) }
      when Array then value.map { |one| plain(one) }
      else value
      end
    end

    def to_h(value)
      case value
      when Structure
        set = value.class.members.keys.reject { |name| value[name].nil? }
        set.to_h { |name| [name, to_h(value[name])] }
      when Array then value.map { |one| to_h(one) }
      else value
      end
    end

    def member_name(structure, name)
      return name if structure.members.key?(name)
      return name.to_sym if structure.members.key?(name.to_sym)

      raise NameError, "no member #{name.inspect} in #{structure}"
    end

    # AWS: these words. Seen: aws-sdk-core, param_validator.rb.
    def expected(context, what, value)
      raise ArgumentError, "expected #{context} to be #{what}, got class #{value.class} instead."
    end

    def read_structure(structure, json)
      read = structure.new
      structure.members.each do |name, member|
        read[name] = read(member.type, json[member.json]) if json.key?(member.json)
      end
      read
    end

    def write_structure(structure, value, context)
      expected(context, 'a hash', value) unless value.is_a?(Hash) || value.is_a?(Structure)
      given = value.is_a?(Structure) ? value.class.members.keys.to_h { |name| [name, value[name]] } : value
      written = {}
      given.each do |key, one|
        next if one.nil?

        where = "#{context}[#{key.inspect}]"
        member = structure.members[key.to_sym] || structure.members.each_value.find { |known| known.json == key.to_s }
        raise ArgumentError, "unexpected value at #{where}" if member.nil?

        written[member.json] = write(member.type, one, where)
      end
      written
    end

    def write_list(type, value, context)
      expected(context, 'an Array', value) unless value.respond_to?(:to_ary)
      value.to_ary.each_with_index.map { |item, index| write(type, item, "#{context}[#{index}]") }
    end

    # nil for what is no number of the type.
    def number(type, value)
      value = value.match?(/[.eE]/) ? Float(value) : Integer(value, 10) if value.is_a?(String) && value.match?(NUMBER)
      return nil unless value.is_a?(Numeric)
      return value if type == :number || value.is_a?(Integer)

      value.finite? && value == value.to_i ? value.to_i : nil
    end

    # nil for what is neither.
    def boolean(value)
      { true => true, false => false, 'true' => true, 'false' => false }[value]
    end

    def text?(value)
      value.is_a?(String) || value.is_a?(Numeric) || value == true || value == false
    end
  end
end
