namespace FastEndpoints;

/// <summary>An endpoint without a request, and with a response of any type or none.</summary>
public abstract class EndpointWithoutRequest : EndpointWithoutRequest<object?>;

/// <summary>An endpoint without a request.</summary>
/// <typeparam name="TResponse">The response type; an <see cref="Microsoft.AspNetCore.Http.IResult"/> is executed.</typeparam>
public abstract class EndpointWithoutRequest<TResponse> : Endpoint<EmptyRequest, TResponse>, INoRequest
{
    /// <summary>Handles the request.</summary>
    /// <param name="ct">Cancelled when the caller has gone.</param>
    [NotImplemented]
    public virtual Task HandleAsync(CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Override the one without a request.</summary>
    [NotImplemented]
    public sealed override Task HandleAsync(EmptyRequest req, CancellationToken ct) => HandleAsync(ct);

    /// <summary>Handles the request and returns the response.</summary>
    /// <param name="ct">Cancelled when the caller has gone.</param>
    [NotImplemented]
    public virtual Task<TResponse> ExecuteAsync(CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Override the one without a request.</summary>
    [NotImplemented]
    public sealed override Task<TResponse> ExecuteAsync(EmptyRequest req, CancellationToken ct) => ExecuteAsync(ct);
}
