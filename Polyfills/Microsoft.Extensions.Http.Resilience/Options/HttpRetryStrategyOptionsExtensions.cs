using System.Diagnostics.CodeAnalysis;
using Polly;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Takes methods out of the retry.</summary>
[Experimental("EXTEXP0001")]
public static class HttpRetryStrategyOptionsExtensions
{
    /// <summary>No request with DELETE, POST, PUT, CONNECT or PATCH is sent again.</summary>
    public static void DisableForUnsafeHttpMethods(this HttpRetryStrategyOptions options) =>
        options.DisableFor(HttpMethod.Delete, HttpMethod.Post, HttpMethod.Put, HttpMethod.Connect, HttpMethod.Patch);

    /// <summary>No request with one of the methods is sent again.</summary>
    /// <exception cref="ArgumentException">No method is named.</exception>
    public static void DisableFor(this HttpRetryStrategyOptions options, params HttpMethod[] methods)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(methods);
        if (methods.Length == 0)
            throw new ArgumentException("At least one method is needed.", nameof(methods));

        var shouldHandle = options.ShouldHandle;
        options.ShouldHandle = async args =>
        {
            if (!await shouldHandle(args).ConfigureAwait(args.Context.ContinueOnCapturedContext))
                return false;

            var request = args.Outcome.Result?.RequestMessage ?? args.Context.GetRequestMessage();
            return request is null || !methods.Contains(request.Method);
        };
    }
}
