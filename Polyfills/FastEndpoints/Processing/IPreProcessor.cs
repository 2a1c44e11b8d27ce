namespace FastEndpoints;

/// <summary>Runs before the handler: after validation, or after it failed. When it answers, the handler does not run.</summary>
public interface IPreProcessor : IProcessor
{
    /// <summary>Does its work.</summary>
    /// <param name="context">The request, the exchange and the failures.</param>
    /// <param name="ct">Cancelled when the caller has gone.</param>
    Task PreProcessAsync(IPreProcessorContext context, CancellationToken ct);
}

/// <summary>Runs before the handler of a request type.</summary>
/// <typeparam name="TRequest">The request type.</typeparam>
public interface IPreProcessor<in TRequest> : IPreProcessor
{
    Task IPreProcessor.PreProcessAsync(IPreProcessorContext context, CancellationToken ct)
        => PreProcessAsync((IPreProcessorContext<TRequest>)context, ct);

    /// <summary>Does its work.</summary>
    /// <param name="context">The request, the exchange and the failures.</param>
    /// <param name="ct">Cancelled when the caller has gone.</param>
    Task PreProcessAsync(IPreProcessorContext<TRequest> context, CancellationToken ct);
}

/// <summary>Runs before the handler of every endpoint that a global configurator adds it to.</summary>
public interface IGlobalPreProcessor : IPreProcessor;
