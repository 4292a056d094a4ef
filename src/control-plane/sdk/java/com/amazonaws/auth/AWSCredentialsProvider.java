package com.amazonaws.auth;

/** Asked for an access key for every request that is signed. */
public interface AWSCredentialsProvider {

    AWSCredentials getCredentials();

    void refresh();
}
