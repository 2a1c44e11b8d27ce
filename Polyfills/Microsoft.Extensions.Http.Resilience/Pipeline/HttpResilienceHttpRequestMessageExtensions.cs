using Polly;

namespace System.Net.Http;

/// <summary>The execution that sends a request.</summary>
public static class HttpResilienceHttpRequestMessageExtensions
{
    private static readonly HttpRequestOptionsKey<ResilienceContext?> ContextKey = new("Resilience.Http.ResilienceContext");

    /// <summary>The execution that sends the request; null when there is none.</summary>
    public static ResilienceContext? GetResilienceContext(this HttpRequestMessage requestMessage)
    {
        ArgumentNullException.ThrowIfNull(requestMessage);
        return requestMessage.Options.TryGetValue(ContextKey, out var context) ? context : null;
    }

    /// <summary>Sets the execution that sends the request: a caller that sets one keeps it, and reads from it afterwards.</summary>
    public static void SetResilienceContext(this HttpRequestMessage requestMessage, ResilienceContext? resilienceContext)
    {
        ArgumentNullException.ThrowIfNull(requestMessage);
        requestMessage.Options.Set(ContextKey, resilienceContext);
    }
}
