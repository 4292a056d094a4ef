package client;

import client.model.SdkJson;
import com.amazonaws.SdkClientException;
import com.amazonaws.auth.AWSCredentials;
import com.amazonaws.auth.AWSCredentialsProvider;
import com.amazonaws.opensdk.SdkResponseMetadata;
import com.amazonaws.opensdk.config.ConnectionConfiguration;
import com.amazonaws.opensdk.config.TimeoutConfiguration;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends requests and reads their answers. */
final class SdkTransport {

    private static final int RETRIES_MAX = 3;
    private static final int TOO_MANY_REQUESTS = 429;

    private final URI endpoint;
    private final String region;
    private final String apiKey;
    private final AWSCredentialsProvider credentials;
    private final TimeoutConfiguration timeouts;
    private final Semaphore connections;
    private volatile HttpClient http;

    SdkTransport(
            URI endpoint,
            String region,
            String apiKey,
            AWSCredentialsProvider credentials,
            ConnectionConfiguration connection,
            TimeoutConfiguration timeouts) {
        this.endpoint = endpoint;
        this.region = region;
        this.apiKey = apiKey;
        this.credentials = credentials;
        this.timeouts = timeouts;
        this.connections = new Semaphore(connection.getMaxConnections().orElse(50), true);
        // Where the server speaks HTTP/2 does not matter to one request at a time on each connection.
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        int connectionTimeout = timeouts.getConnectionTimeout().orElse(10_000);
        if (connectionTimeout > 0) {
            builder.connectTimeout(Duration.ofMillis(connectionTimeout));
        }
        this.http = builder.build();
    }

    void shutdown() {
        http = null;
    }

    SdkResponseMetadata send(SdkCall call) {
        Integer total = call.config.getTotalExecutionTimeout();
        long deadline = deadline(total == null ? timeouts.getTotalExecutionTimeout().orElse(0) : total);
        for (int attempt = 0;; attempt++) {
            boolean last = attempt == RETRIES_MAX;
            try {
                SdkResponseMetadata answer = exchange(call, deadline);
                if (answer.httpStatusCode() != TOO_MANY_REQUESTS || last) {
                    return answer;
                }
            } catch (ExecutionException e) {
                // Nothing was sent, so that nothing can be done twice.
                if (!(e.getCause() instanceof ConnectException) || last) {
                    throw new SdkClientException("Unable to execute HTTP request: " + e.getCause(), e.getCause());
                }
            } catch (TimeoutException e) {
                throw new SdkClientException("The request did not complete before its timeout", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SdkClientException("The request was interrupted", e);
            }
            pause(ThreadLocalRandom.current().nextLong(100L << attempt), deadline);
        }
    }

    private SdkResponseMetadata exchange(SdkCall call, long deadline) throws InterruptedException, ExecutionException, TimeoutException {
        HttpClient client = http;
        if (client == null) {
            throw new SdkClientException("The client was shut down");
        }
        Integer one = call.config.getHttpRequestTimeout();
        long until = Math.min(deadline, deadline(one == null ? timeouts.getHttpRequestTimeout().orElse(0) : one));
        if (!connections.tryAcquire(until - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            throw new TimeoutException("no connection was free");
        }
        try {
            CompletableFuture<HttpResponse<byte[]>> future =
                    client.sendAsync(request(call), HttpResponse.BodyHandlers.ofByteArray());
            try {
                HttpResponse<byte[]> response = future.get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
                Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
                response.headers().map().forEach((name, values) -> headers.put(name, String.join(",", values)));
                return new SdkResponseMetadata(
                        response.statusCode(), headers, new String(response.body(), StandardCharsets.UTF_8));
            } finally {
                future.cancel(true);
            }
        } finally {
            connections.release();
        }
    }

    private HttpRequest request(SdkCall call) {
        String base = endpoint.getRawPath() == null ? "" : endpoint.getRawPath().replaceAll("/+$", "");
        String path = base + call.path();
        String query = call.query();
        String host = host();
        URI uri = URI.create(endpoint.getScheme() + "://" + endpoint.getRawAuthority() + path + (query.isEmpty() ? "" : "?" + query));
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(call.headers);
        if (apiKey != null) {
            headers.put("x-api-key", apiKey);
        }
        headers.putAll(call.config.getCustomHeaders());
        AWSCredentials key = call.signed && credentials != null ? credentials.getCredentials() : null;
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri);
        Map<String, String> sent = key == null ? headers : SdkSigner.signed(call, headers, host, path, key, region, Instant.now());
        try {
            sent.forEach(builder::setHeader);
        } catch (IllegalArgumentException e) {
            throw new SdkClientException("A header cannot be sent: " + e.getMessage(), e);
        }
        int wait = timeouts.getSocketTimeout().orElse(50_000);
        if (wait > 0) {
            builder.timeout(Duration.ofMillis(wait));
        }
        HttpRequest.BodyPublisher body =
                call.body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(call.body);
        return builder.method(call.method, body).build();
    }

    private String host() {
        int port = endpoint.getPort();
        boolean usual = port == -1 || port == ("https".equals(endpoint.getScheme()) ? 443 : 80);
        return usual ? endpoint.getHost() : endpoint.getHost() + ":" + port;
    }

    /** What an answer that is no success says. */
    static String messageOf(SdkResponseMetadata response) {
        String said = null;
        try {
            Object json = SdkJson.parse(response.body());
            if (json instanceof Map) {
                Object message = ((Map<?, ?>) json).get("message");
                said = SdkJson.string(message == null ? ((Map<?, ?>) json).get("Message") : message);
            }
        } catch (SdkClientException e) {
            // It is no JSON.
        }
        return (said == null ? "" : said + " ") + "(Status Code: " + response.httpStatusCode() + "; Request ID: " + response.requestId() + ")";
    }

    private static long deadline(int milliseconds) {
        return System.nanoTime() + (milliseconds > 0 ? TimeUnit.MILLISECONDS.toNanos(milliseconds) : Long.MAX_VALUE / 4);
    }

    private static void pause(long milliseconds, long deadline) {
        if (deadline - System.nanoTime() < TimeUnit.MILLISECONDS.toNanos(milliseconds)) {
            throw new SdkClientException("The request did not complete before its timeout");
        }
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SdkClientException("The request was interrupted", e);
        }
    }
}
