namespace FastEndpoints;

/// <summary>A global pre-processor with state shared by the processors and the handler of one request.</summary>
/// <typeparam name="TState">The state: one object a request, made when first asked for.</typeparam>
public abstract class GlobalPreProcessor<TState> : IGlobalPreProcessor
    where TState : class, new()
{
    /// <inheritdoc />
    public Task PreProcessAsync(IPreProcessorContext context, CancellationToken ct)
        => PreProcessAsync(context, context.HttpContext.ProcessorState<TState>(), ct);

    /// <summary>Does its work.</summary>
    /// <param name="context">What there is so far.</param>
    /// <param name="state">The state of this request.</param>
    /// <param name="ct">Cancelled when the caller has gone.</param>
    public abstract Task PreProcessAsync(IPreProcessorContext context, TState state, CancellationToken ct);
}
