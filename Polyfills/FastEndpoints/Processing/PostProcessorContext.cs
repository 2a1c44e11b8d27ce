using System.Runtime.ExceptionServices;
using FluentValidation.Results;
using Microsoft.AspNetCore.Http;

namespace FastEndpoints;

/// <inheritdoc cref="IPostProcessorContext{TRequest, TResponse}" />
public sealed class PostProcessorContext<TRequest, TResponse> : IPostProcessorContext<TRequest, TResponse>
{
    internal PostProcessorContext(
        TRequest? request,
        TResponse? response,
        HttpContext httpContext,
        ExceptionDispatchInfo? exception,
        IReadOnlyCollection<ValidationFailure> failures)
    {
        Request = request;
        Response = response;
        HttpContext = httpContext;
        ExceptionDispatchInfo = exception;
        ValidationFailures = failures;
    }

    /// <inheritdoc />
    public TRequest? Request { get; init; }

    /// <inheritdoc />
    public TResponse? Response { get; init; }

    /// <inheritdoc />
    public HttpContext HttpContext { get; init; }

    /// <inheritdoc />
    public IReadOnlyCollection<ValidationFailure> ValidationFailures { get; init; }

    /// <inheritdoc />
    public ExceptionDispatchInfo? ExceptionDispatchInfo { get; init; }
}
