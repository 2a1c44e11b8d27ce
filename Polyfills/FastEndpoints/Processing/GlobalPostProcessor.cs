namespace FastEndpoints;

/// <summary>A global post-processor with state shared by the processors and the handler of one request.</summary>
/// <typeparam name="TState">The state: one object a request, made when first asked for.</typeparam>
public abstract class GlobalPostProcessor<TState> : IGlobalPostProcessor
    where TState : class, new()
{
    /// <inheritdoc />
    public Task PostProcessAsync(IPostProcessorContext context, CancellationToken ct)
        => PostProcessAsync(context, context.HttpContext.ProcessorState<TState>(), ct);

    /// <summary>Does its work.</summary>
    /// <param name="context">What there is so far.</param>
    /// <param name="state">The state of this request.</param>
    /// <param name="ct">Cancelled when the caller has gone.</param>
    public abstract Task PostProcessAsync(IPostProcessorContext context, TState state, CancellationToken ct);
}
