using System.Diagnostics.CodeAnalysis;

namespace Polly;

/// <summary>The request that an execution sends.</summary>
[Experimental("EXTEXP0001")]
public static class HttpResilienceContextExtensions
{
    private static readonly ResiliencePropertyKey<HttpRequestMessage?> RequestKey = new("Resilience.Http.RequestMessage");

    /// <summary>The request that the execution sends; null when it is not one of HTTP.</summary>
    public static HttpRequestMessage? GetRequestMessage(this ResilienceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Properties.GetValue(RequestKey, null);
    }

    /// <summary>Sets the request that the execution sends.</summary>
    public static void SetRequestMessage(this ResilienceContext context, HttpRequestMessage? requestMessage)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Properties.Set(RequestKey, requestMessage);
    }
}
