package com.amazonaws.opensdk;

/** What all requests have. */
public abstract class BaseRequest {

    private SdkRequestConfig sdkRequestConfig = SdkRequestConfig.NO_OP;

    public SdkRequestConfig sdkRequestConfig() {
        return sdkRequestConfig;
    }

    public BaseRequest sdkRequestConfig(SdkRequestConfig sdkRequestConfig) {
        this.sdkRequestConfig = sdkRequestConfig == null ? SdkRequestConfig.NO_OP : sdkRequestConfig;
        return this;
    }
}
