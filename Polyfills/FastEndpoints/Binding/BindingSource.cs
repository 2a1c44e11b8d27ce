namespace FastEndpoints;

/// <summary>The parts of a request that a <see cref="RequestBinder{TRequest}"/> reads.</summary>
[Flags]
public enum BindingSource
{
    /// <summary>The body, when it is JSON.</summary>
    JsonBody = 1 << 0,

    /// <summary>The fields of a form.</summary>
    FormFields = 1 << 1,

    /// <summary>Route parameters.</summary>
    RouteValues = 1 << 2,

    /// <summary>Query parameters.</summary>
    QueryParams = 1 << 3,

    /// <summary>Claims of the caller.</summary>
    UserClaims = 1 << 4,

    /// <summary>Request headers.</summary>
    Headers = 1 << 5,

    /// <summary>Permissions of the caller; no property asks for them here.</summary>
    Permissions = 1 << 6,

    /// <summary>Cookies; no property asks for them here.</summary>
    Cookies = 1 << 7,
}
