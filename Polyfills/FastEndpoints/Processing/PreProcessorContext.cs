using FluentValidation.Results;
using Microsoft.AspNetCore.Http;

namespace FastEndpoints;

/// <inheritdoc cref="IPreProcessorContext{TRequest}" />
public sealed class PreProcessorContext<TRequest> : IPreProcessorContext<TRequest>
{
    internal PreProcessorContext(TRequest? request, HttpContext httpContext, List<ValidationFailure> failures)
    {
        Request = request;
        HttpContext = httpContext;
        ValidationFailures = failures;
    }

    /// <inheritdoc />
    public TRequest? Request { get; init; }

    /// <inheritdoc />
    public HttpContext HttpContext { get; init; }

    /// <inheritdoc />
    public List<ValidationFailure> ValidationFailures { get; init; }
}
