using FluentValidation.Results;
using Microsoft.AspNetCore.Http;

namespace FastEndpoints;

/// <summary>What a pre-processor sees.</summary>
public interface IPreProcessorContext
{
    /// <summary>The request; null when it did not bind.</summary>
    object? Request { get; }

    /// <summary>The exchange.</summary>
    HttpContext HttpContext { get; }

    /// <summary>The failures so far.</summary>
    List<ValidationFailure> ValidationFailures { get; }

    /// <summary>Whether there are failures.</summary>
    sealed bool HasValidationFailures => ValidationFailures.Count > 0;
}

/// <summary>What a pre-processor of a request type sees.</summary>
/// <typeparam name="TRequest">The request type.</typeparam>
public interface IPreProcessorContext<out TRequest> : IPreProcessorContext
{
    /// <summary>The request; null when it did not bind.</summary>
    new TRequest? Request { get; }

    object? IPreProcessorContext.Request => Request;
}
