package client.model;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Reads and writes JSON (RFC 8259): maps, lists, strings, numbers (BigDecimal when read), booleans and null. */
public final class SdkJson {

    private static final int DEPTH_MAX = 512;

    private final java.lang.String text;
    private int at = 0;

    private SdkJson(java.lang.String text) {
        this.text = text;
    }

    /** A class that is an object in JSON. */
    public interface Value {

        /** What it has, by its name in JSON. */
        Map<java.lang.String, java.lang.Object> toJson();
    }

    public static java.lang.Object parse(java.lang.String text) {
        SdkJson json = new SdkJson(text);
        java.lang.Object value = json.value(0);
        json.space();
        if (json.at < text.length()) {
            throw json.wrong();
        }
        return value;
    }

    /** null where there is nothing. */
    static java.lang.Object read(java.lang.String body) {
        return body.isEmpty() ? null : parse(body);
    }

    public static java.lang.String write(java.lang.Object value) {
        java.lang.StringBuilder out = new java.lang.StringBuilder();
        write(value, out, 0);
        return out.toString();
    }

    // What is another thing than the model says is taken where nothing is lost, as text for a string, or a number in a string.

    public static java.lang.String string(java.lang.Object value) {
        if (value == null || value instanceof java.lang.String) {
            return (java.lang.String) value;
        }
        return value instanceof BigDecimal ? value.toString() : write(value);
    }

    public static java.lang.Integer integer(java.lang.Object value) {
        BigDecimal decimal = decimal(value);
        try {
            return decimal == null ? null : (java.lang.Integer) decimal.intValueExact();
        } catch (java.lang.ArithmeticException e) {
            throw new com.amazonaws.SdkClientException("Not an integer: " + decimal, e);
        }
    }

    public static java.lang.Double number(java.lang.Object value) {
        BigDecimal decimal = decimal(value);
        return decimal == null ? null : (java.lang.Double) decimal.doubleValue();
    }

    public static java.lang.Boolean bool(java.lang.Object value) {
        if (value == null || value instanceof java.lang.Boolean) {
            return (java.lang.Boolean) value;
        }
        if (value.equals("true") || value.equals("false")) {
            return value.equals("true");
        }
        throw new com.amazonaws.SdkClientException("Not a boolean: " + write(value));
    }

    public static <T> List<T> list(java.lang.Object value, Function<java.lang.Object, T> item) {
        if (value == null) {
            return null;
        }
        if (!(value instanceof List)) {
            throw new com.amazonaws.SdkClientException("Not a list: " + write(value));
        }
        List<T> items = new ArrayList<>();
        for (java.lang.Object one : (List<?>) value) {
            items.add(item.apply(one));
        }
        return items;
    }

    /** null for null. */
    public static Map<?, ?> object(java.lang.Object value) {
        if (value != null && !(value instanceof Map)) {
            throw new com.amazonaws.SdkClientException("Not an object: " + write(value));
        }
        return (Map<?, ?>) value;
    }

    /** What is not set is not sent. */
    static void put(Map<java.lang.String, java.lang.Object> members, java.lang.String name, java.lang.Object value) {
        if (value != null) {
            members.put(name, value);
        }
    }

    private static BigDecimal decimal(java.lang.Object value) {
        if (value == null || value instanceof BigDecimal) {
            return (BigDecimal) value;
        }
        try {
            return new BigDecimal(value.toString());
        } catch (java.lang.NumberFormatException e) {
            throw new com.amazonaws.SdkClientException("Not a number: " + write(value), e);
        }
    }

    private static void write(java.lang.Object value, java.lang.StringBuilder out, int depth) {
        if (depth > DEPTH_MAX) {
            throw new com.amazonaws.SdkClientException("The value is nested too deeply");
        }
        if (value == null || value instanceof java.lang.Boolean) {
            out.append(value);
        } else if (value instanceof BigDecimal || value instanceof java.lang.Integer || value instanceof java.lang.Long) {
            out.append(value);
        } else if (value instanceof java.lang.Number) {
            double number = ((java.lang.Number) value).doubleValue();
            if (java.lang.Double.isNaN(number) || java.lang.Double.isInfinite(number)) {
                throw new com.amazonaws.SdkClientException("JSON has no " + number);
            }
            out.append(value);
        } else if (value instanceof Value) {
            write(((Value) value).toJson(), out, depth);
        } else if (value instanceof Map) {
            char before = '{';
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                out.append(before);
                quote(java.lang.String.valueOf(entry.getKey()), out);
                out.append(':');
                write(entry.getValue(), out, depth + 1);
                before = ',';
            }
            out.append(before == '{' ? "{}" : "}");
        } else if (value instanceof java.lang.Iterable) {
            char before = '[';
            for (java.lang.Object item : (java.lang.Iterable<?>) value) {
                out.append(before);
                write(item, out, depth + 1);
                before = ',';
            }
            out.append(before == '[' ? "[]" : "]");
        } else {
            quote(value.toString(), out);
        }
    }

    private static void quote(java.lang.String text, java.lang.StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char one = text.charAt(i);
            if (one == '"' || one == '\\') {
                out.append('\\').append(one);
            } else if (one < ' ' || java.lang.Character.isSurrogate(one)) {
                out.append(java.lang.String.format("\\u%04x", (int) one));
            } else {
                out.append(one);
            }
        }
        out.append('"');
    }

    private java.lang.Object value(int depth) {
        if (depth > DEPTH_MAX) {
            throw wrong();
        }
        space();
        char first = peek();
        if (first == '{') {
            return object(depth);
        }
        if (first == '[') {
            return array(depth);
        }
        if (first == '"') {
            return string();
        }
        if (first == '-' || first >= '0' && first <= '9') {
            return number();
        }
        if (word("true")) {
            return true;
        }
        if (word("false")) {
            return false;
        }
        if (word("null")) {
            return null;
        }
        throw wrong();
    }

    private Map<java.lang.String, java.lang.Object> object(int depth) {
        Map<java.lang.String, java.lang.Object> members = new LinkedHashMap<>();
        at++;
        space();
        if (peek() == '}') {
            at++;
            return members;
        }
        while (true) {
            space();
            java.lang.String name = string();
            space();
            expect(':');
            members.put(name, value(depth + 1));
            space();
            if (peek() != ',') {
                break;
            }
            at++;
        }
        expect('}');
        return members;
    }

    private List<java.lang.Object> array(int depth) {
        List<java.lang.Object> items = new ArrayList<>();
        at++;
        space();
        if (peek() == ']') {
            at++;
            return items;
        }
        while (true) {
            items.add(value(depth + 1));
            space();
            if (peek() != ',') {
                break;
            }
            at++;
        }
        expect(']');
        return items;
    }

    private java.lang.String string() {
        expect('"');
        java.lang.StringBuilder out = new java.lang.StringBuilder();
        while (true) {
            char one = next();
            if (one == '"') {
                return out.toString();
            }
            if (one < ' ') {
                throw wrong();
            }
            out.append(one == '\\' ? escaped() : one);
        }
    }

    private char escaped() {
        char one = next();
        switch (one) {
            case '"':
            case '\\':
            case '/':
                return one;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u':
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = java.lang.Character.digit(next(), 16);
                    if (digit < 0) {
                        throw wrong();
                    }
                    code = code * 16 + digit;
                }
                return (char) code;
            default:
                throw wrong();
        }
    }

    private BigDecimal number() {
        int start = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        try {
            return new BigDecimal(text.substring(start, at));
        } catch (java.lang.NumberFormatException e) {
            throw wrong();
        }
    }

    private boolean word(java.lang.String word) {
        if (!text.startsWith(word, at)) {
            return false;
        }
        at += word.length();
        return true;
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw wrong();
        }
        return text.charAt(at);
    }

    private char next() {
        char one = peek();
        at++;
        return one;
    }

    private void expect(char one) {
        if (next() != one) {
            throw wrong();
        }
    }

    private com.amazonaws.SdkClientException wrong() {
        return new com.amazonaws.SdkClientException("Not JSON, at character " + at);
    }
}
