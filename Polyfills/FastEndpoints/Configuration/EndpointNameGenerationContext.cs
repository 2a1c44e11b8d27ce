namespace FastEndpoints;

/// <summary>What the name of an endpoint can be made from.</summary>
/// <param name="endpointType">The endpoint.</param>
/// <param name="httpVerb">The verb, when the endpoint has several.</param>
/// <param name="routeNumber">The number of the route from one, when the endpoint has several.</param>
/// <param name="tagPrefix">The first tag.</param>
public struct EndpointNameGenerationContext(Type endpointType, string? httpVerb, int? routeNumber, string? tagPrefix)
{
    /// <summary>The endpoint.</summary>
    public Type EndpointType { get; internal init; } = endpointType;

    /// <summary>The verb, when the endpoint has several.</summary>
    public string? HttpVerb { get; internal set; } = httpVerb;

    /// <summary>The number of the route from one, when the endpoint has several.</summary>
    public int? RouteNumber { get; internal init; } = routeNumber;

    /// <summary>The first tag.</summary>
    public string? TagPrefix { get; internal set; } = tagPrefix;

    /// <summary><see cref="EndpointOptions.PrefixNameWithFirstTag"/>.</summary>
    public readonly bool PrefixNameWithFirstTag => Settings.Endpoints.PrefixNameWithFirstTag;

    /// <summary><see cref="EndpointOptions.ShortNames"/>.</summary>
    public readonly bool ShortEndpointNames => Settings.Endpoints.ShortNames;
}
