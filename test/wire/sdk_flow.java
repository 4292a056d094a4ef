// Uses the generated Java SDK of the calculator as AWS's developer guide does, and prints what it got, a line each.

import com.amazonaws.SdkClientException;
import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.auth.BasicSessionCredentials;
import com.amazonaws.opensdk.SdkRequestConfig;
import com.amazonaws.opensdk.config.ConnectionConfiguration;
import com.amazonaws.opensdk.config.TimeoutConfiguration;
import examples.aws.apig.simpleCalc.sdk.*;
import examples.aws.apig.simpleCalc.sdk.SimpleCalcSdk.*;
import examples.aws.apig.simpleCalc.sdk.model.*;

public class App {

    public static void main(String[] args) throws Exception {
        String endpoint = args[0];
        SimpleCalcSdk sdkClient = SimpleCalcSdk.builder()
                .endpoint(endpoint)
                .connectionConfiguration(new ConnectionConfiguration().maxConnections(100).connectionMaxIdleMillis(1000))
                .timeoutConfiguration(new TimeoutConfiguration()
                        .httpRequestTimeout(30000)
                        .totalExecutionTimeout(100000)
                        .socketTimeout(20000))
                .build();

        GetABOpResult abopResult = sdkClient.getABOp(new GetABOpRequest().a("1").b("2").op("-"));
        System.out.printf("path %s %s%n", abopResult.getResult().getOutput().getC(), abopResult.getResult().getInput().getOp());
        GetApiRootResult rootResult = sdkClient.getApiRoot(new GetApiRootRequest().a("1").b("2").op("+"));
        System.out.printf("query %s %d%n", rootResult.getResult().getOutput().getC(), rootResult.sdkResponseMetadata().httpStatusCode());
        PostApiRootResult postResult = sdkClient.postApiRoot(new PostApiRootRequest().input(new Input().a(1.5).b(2.0).op("*")));
        System.out.printf("body %s%n", postResult.getResult().getOutput().getC());
        try {
            sdkClient.getABOp(new GetABOpRequest().a("1").b("0").op("div"));
        } catch (BadRequestException e) {
            System.out.printf("refused %s | %s | %s%n", e.getProblem().getReason(), e.getMessage().split(" \\(")[0], e.sdkHttpMetadata().httpStatusCode());
        }
        try {
            sdkClient.getApiRoot(new GetApiRootRequest().a("1").b("2"));
        } catch (SdkClientException e) {
            System.out.println("missing " + e.getMessage());
        }

        PutFilesProxyResult put = sdkClient.putFilesProxy(new PutFilesProxyRequest()
                .proxy("one/two three+ü")
                .xKind("a b")
                .body("täxt")
                .sdkRequestConfig(SdkRequestConfig.builder()
                        .customHeader("Content-Type", "text/plain")
                        .customQueryParam("it's", "*a b&c~")
                        .customQueryParam("it's", "d")
                        .build()));
        System.out.println("plain " + put.sdkResponseMetadata().body());
        try {
            sdkClient.putFilesProxy(new PutFilesProxyRequest().proxy("a/../b"));
        } catch (SdkClientException e) {
            System.out.println("path " + e.getMessage());
        }

        try {
            sdkClient.getKeyed(new GetKeyedRequest());
        } catch (SimpleCalcSdkException e) {
            System.out.println("no key " + e.sdkHttpMetadata().httpStatusCode());
        }
        GetKeyedResult keyed = SimpleCalcSdk.builder().endpoint(endpoint).apiKey(args[1]).build().getKeyed(new GetKeyedRequest());
        System.out.println("key " + keyed.sdkResponseMetadata().httpStatusCode());

        try {
            sdkClient.postSigned(new PostSignedRequest());
        } catch (SimpleCalcSdkException e) {
            System.out.println("unsigned " + e.sdkHttpMetadata().httpStatusCode());
        }
        SimpleCalcSdk signing = SimpleCalcSdk.builder()
                .endpoint(endpoint)
                .iamCredentials(new AWSStaticCredentialsProvider(new BasicAWSCredentials(args[2], args[3])))
                .build();
        PostSignedRequest request = new PostSignedRequest()
                .body(java.util.Map.of("name", "Zoë \"x\""))
                .sdkRequestConfig(SdkRequestConfig.builder().customQueryParam("b", "*'()!~ ü").customQueryParam("a", "2").customQueryParam("a1", "1").build());
        System.out.println("signed " + signing.postSigned(request).sdkResponseMetadata().body());
        System.out.println("name " + signing.getSignedName(new GetSignedNameRequest().name("a b/c%ü$")).sdkResponseMetadata().body());
        SimpleCalcSdk session = SimpleCalcSdk.builder()
                .endpoint(endpoint)
                .iamCredentials(new AWSStaticCredentialsProvider(new BasicSessionCredentials(args[4], args[5], args[6])))
                .build();
        System.out.println("session " + session.postSigned(new PostSignedRequest()).sdkResponseMetadata().httpStatusCode());

        // One that is busy twice; it is asked for the stage's path where the endpoint has none.
        java.util.List<String> asked = new java.util.concurrent.CopyOnWriteArrayList<>();
        com.sun.net.httpserver.HttpServer busy =
                com.sun.net.httpserver.HttpServer.create(new java.net.InetSocketAddress("127.0.0.1", 0), 0);
        busy.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().toString());
            exchange.sendResponseHeaders(asked.size() < 3 ? 429 : 200, -1);
            exchange.close();
        });
        busy.start();
        SimpleCalcSdk patient = SimpleCalcSdk.builder().endpoint("http://127.0.0.1:" + busy.getAddress().getPort()).build();
        System.out.println("busy " + patient.getApiRoot(new GetApiRootRequest().a("1").b("2").op("+")).getResult() + " " + asked);
        busy.stop(0);
        SimpleCalcSdk slow = SimpleCalcSdk.builder()
                .endpoint("http://127.0.0.1:" + busy.getAddress().getPort())
                .timeoutConfiguration(new TimeoutConfiguration().totalExecutionTimeout(1))
                .build();
        try {
            slow.getKeyed(new GetKeyedRequest());
        } catch (SdkClientException e) {
            System.out.println("nobody " + (e.getMessage() != null));
        }

        sdkClient.shutdown();
        try {
            sdkClient.getApiRoot(new GetApiRootRequest().a("1").b("2").op("+"));
        } catch (SdkClientException e) {
            System.out.println("after " + e.getMessage());
        }
    }
}
