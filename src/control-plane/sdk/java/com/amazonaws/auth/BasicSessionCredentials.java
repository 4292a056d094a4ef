package com.amazonaws.auth;

public class BasicSessionCredentials implements AWSSessionCredentials {

    private final String accessKey;
    private final String secretKey;
    private final String sessionToken;

    public BasicSessionCredentials(String accessKey, String secretKey, String sessionToken) {
        this.accessKey = java.util.Objects.requireNonNull(accessKey);
        this.secretKey = java.util.Objects.requireNonNull(secretKey);
        this.sessionToken = sessionToken;
    }

    @Override
    public String getAWSAccessKeyId() {
        return accessKey;
    }

    @Override
    public String getAWSSecretKey() {
        return secretKey;
    }

    @Override
    public String getSessionToken() {
        return sessionToken;
    }
}
