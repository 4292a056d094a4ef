package client;

import com.amazonaws.SdkClientException;
import com.amazonaws.auth.AWSCredentials;
import com.amazonaws.auth.AWSSessionCredentials;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signature Version 4. */
final class SdkSigner {

    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private SdkSigner() {
    }

    /** The headers with the signature and what it needs; `host` is sent by itself. */
    static Map<String, String> signed(
            SdkCall call, Map<String, String> headers, String host, String path, AWSCredentials credentials, String region, Instant now) {
        String timestamp = TIMESTAMP.format(now);
        Map<String, String> all = new TreeMap<>();
        headers.forEach((name, value) -> all.put(name.toLowerCase(Locale.ROOT), value.trim().replaceAll(" +", " ")));
        all.put("x-amz-date", timestamp);
        if (credentials instanceof AWSSessionCredentials) {
            String token = ((AWSSessionCredentials) credentials).getSessionToken();
            if (token != null) {
                all.put("x-amz-security-token", token);
            }
        }
        all.put("host", host);
        StringBuilder lines = new StringBuilder();
        all.forEach((name, value) -> lines.append(name).append(':').append(value).append('\n'));
        String names = String.join(";", all.keySet());
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            segments.add(SdkCall.encoded(segment));
        }
        byte[] body = call.body == null ? new byte[0] : call.body;
        String canonical = String.join(
                "\n", call.method, String.join("/", segments), call.sortedQuery(), lines.toString(), names, hex(sha256(body)));
        String day = timestamp.substring(0, 8);
        String scope = String.join("/", day, region, "execute-api", "aws4_request");
        String text = String.join(
                "\n", "AWS4-HMAC-SHA256", timestamp, scope, hex(sha256(canonical.getBytes(StandardCharsets.UTF_8))));
        byte[] key = ("AWS4" + credentials.getAWSSecretKey()).getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/")) {
            key = hmac(key, part);
        }
        all.put(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=" + credentials.getAWSAccessKeyId() + "/" + scope + ", SignedHeaders=" + names
                        + ", Signature=" + hex(hmac(key, text)));
        all.remove("host");
        return all;
    }

    private static byte[] sha256(byte[] data) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(data);
        } catch (GeneralSecurityException e) {
            throw new SdkClientException("There is no SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new SdkClientException("There is no HmacSHA256", e);
        }
    }

    private static String hex(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte one : bytes) {
            text.append(Character.forDigit((one >> 4) & 15, 16)).append(Character.forDigit(one & 15, 16));
        }
        return text.toString();
    }
}
