namespace FastEndpoints;

/// <summary>Runs after the handler, also when it threw or the request was refused.</summary>
public interface IPostProcessor : IProcessor
{
    /// <summary>Does its work.</summary>
    /// <param name="context">Request, response, the exchange, failures and exception.</param>
    /// <param name="ct">Cancelled when the caller has gone.</param>
    Task PostProcessAsync(IPostProcessorContext context, CancellationToken ct);
}

/// <summary>Runs after the handler of a request and response type.</summary>
/// <typeparam name="TRequest">The request type.</typeparam>
/// <typeparam name="TResponse">The response type.</typeparam>
public interface IPostProcessor<in TRequest, in TResponse> : IPostProcessor
{
    Task IPostProcessor.PostProcessAsync(IPostProcessorContext context, CancellationToken ct)
        => PostProcessAsync((IPostProcessorContext<TRequest, TResponse>)context, ct);

    /// <summary>Does its work.</summary>
    /// <param name="context">Request, response, the exchange, failures and exception.</param>
    /// <param name="ct">Cancelled when the caller has gone.</param>
    Task PostProcessAsync(IPostProcessorContext<TRequest, TResponse> context, CancellationToken ct);
}

/// <summary>Runs after the handler of every endpoint that a global configurator adds it to.</summary>
public interface IGlobalPostProcessor : IPostProcessor;
