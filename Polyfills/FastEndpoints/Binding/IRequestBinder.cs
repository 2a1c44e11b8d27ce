namespace FastEndpoints;

/// <summary>Makes the request object of an endpoint from what came in. Singletons: they keep no state.</summary>
/// <typeparam name="TRequest">The request type.</typeparam>
public interface IRequestBinder<TRequest>
    where TRequest : notnull
{
    /// <summary>Reads the request. Failures go to the context or out as a <see cref="ValidationFailureException"/>.</summary>
    /// <param name="ctx">The exchange, and where failures are collected.</param>
    /// <param name="ct">Cancelled when the caller has gone.</param>
    ValueTask<TRequest> BindAsync(BinderContext ctx, CancellationToken ct);
}
