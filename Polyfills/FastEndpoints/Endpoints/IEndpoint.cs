namespace FastEndpoints;

/// <summary>An endpoint.</summary>
public interface IEndpoint : IResponseSender
{
    /// <summary>The name of an endpoint, from which links to it are made.</summary>
    /// <typeparam name="TEndpoint">The endpoint.</typeparam>
    /// <param name="verb">The verb, when the endpoint has several.</param>
    /// <param name="routeNumber">The number of the route from one, when the endpoint has several.</param>
    /// <param name="tagPrefix">The first tag.</param>
    static string GetName<TEndpoint>(Http? verb = null, int? routeNumber = null, string? tagPrefix = null)
        where TEndpoint : IEndpoint
        => Settings.Endpoints.NameGenerator(new(typeof(TEndpoint), verb?.ToString("F"), routeNumber, tagPrefix));
}
