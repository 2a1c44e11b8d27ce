namespace FastEndpoints;

/// <summary>An endpoint with a request, and a response of any type or none.</summary>
/// <typeparam name="TRequest">The request type.</typeparam>
public abstract class Endpoint<TRequest> : Endpoint<TRequest, object?>
    where TRequest : notnull;

/// <summary>
/// An endpoint: binds the request, validates it, runs the pre-processors, then either <see cref="HandleAsync"/> or
/// <see cref="ExecuteAsync"/>, then the post-processors. A handler that has not answered answers with
/// <see cref="Response"/>, or 204 where there is none.
/// </summary>
/// <typeparam name="TRequest">The request type.</typeparam>
/// <typeparam name="TResponse">The response type; an <see cref="Microsoft.AspNetCore.Http.IResult"/> is executed.</typeparam>
public abstract partial class Endpoint<TRequest, TResponse> : BaseEndpoint
    where TRequest : notnull
{
    /// <summary>Handles the request, answering by <see cref="Send"/> or by setting <see cref="Response"/>.</summary>
    /// <param name="req">The request, bound and valid.</param>
    /// <param name="ct">Cancelled when the caller has gone.</param>
    [NotImplemented]
    public virtual Task HandleAsync(TRequest req, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Handles the request and returns the response.</summary>
    /// <param name="req">The request, bound and valid.</param>
    /// <param name="ct">Cancelled when the caller has gone.</param>
    [NotImplemented]
    public virtual Task<TResponse> ExecuteAsync(TRequest req, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Runs before validation.</summary>
    public virtual void OnBeforeValidate(TRequest req)
    {
    }

    /// <summary>Runs before validation.</summary>
    public virtual Task OnBeforeValidateAsync(TRequest req, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Runs after validation.</summary>
    public virtual void OnAfterValidate(TRequest req)
    {
    }

    /// <summary>Runs after validation.</summary>
    public virtual Task OnAfterValidateAsync(TRequest req, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Runs before the handler.</summary>
    public virtual void OnBeforeHandle(TRequest req)
    {
    }

    /// <summary>Runs before the handler.</summary>
    public virtual Task OnBeforeHandleAsync(TRequest req, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Runs after the handler.</summary>
    public virtual void OnAfterHandle(TRequest req, TResponse res)
    {
    }

    /// <summary>Runs after the handler.</summary>
    public virtual Task OnAfterHandleAsync(TRequest req, TResponse res, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Runs when the request is refused.</summary>
    public virtual void OnValidationFailed()
    {
    }

    /// <summary>Runs when the request is refused.</summary>
    public virtual Task OnValidationFailedAsync(CancellationToken ct) => Task.CompletedTask;
}
