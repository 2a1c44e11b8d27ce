namespace Switchboard.ServiceDefaults.Http;

/// <summary>
/// Sends <c>http://edge-api/…</c> to where the service <c>edge-api</c> is. A host that is no known service goes its way unchanged.
/// </summary>
internal sealed class ServiceDiscoveryHandler(ServiceEndpoints endpoints) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var original = request.RequestUri;
        if (original is null || endpoints.Resolve(original) is not { } resolved)
            return await base.SendAsync(request, cancellationToken);

        // The name comes back after the attempt: the next one chooses anew, and the caller sees its own request.
        request.RequestUri = resolved;
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            request.RequestUri = original;
        }
    }
}
