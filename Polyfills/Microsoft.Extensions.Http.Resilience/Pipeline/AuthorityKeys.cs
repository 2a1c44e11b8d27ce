using System.Collections.Concurrent;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Scheme, host and port of a request as one string, made once for each of them.</summary>
internal sealed class AuthorityKeys
{
    private readonly ConcurrentDictionary<(string Scheme, string Host, int Port), string> _keys = new();

    public string Of(HttpRequestMessage request)
    {
        var uri = request.RequestUri ?? throw new InvalidOperationException("The request message must have a URL specified.");
        return _keys.GetOrAdd(
            (uri.Scheme, uri.Host, uri.Port), static (_, uri) => uri.GetLeftPart(UriPartial.Authority), uri);
    }
}
