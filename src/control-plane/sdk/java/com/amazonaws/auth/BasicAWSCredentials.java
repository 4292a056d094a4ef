package com.amazonaws.auth;

public class BasicAWSCredentials implements AWSCredentials {

    private final String accessKey;
    private final String secretKey;

    public BasicAWSCredentials(String accessKey, String secretKey) {
        this.accessKey = java.util.Objects.requireNonNull(accessKey);
        this.secretKey = java.util.Objects.requireNonNull(secretKey);
    }

    @Override
    public String getAWSAccessKeyId() {
        return accessKey;
    }

    @Override
    public String getAWSSecretKey() {
        return secretKey;
    }
}
