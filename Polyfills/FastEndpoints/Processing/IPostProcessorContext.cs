using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using FluentValidation.Results;
using Microsoft.AspNetCore.Http;

namespace FastEndpoints;

/// <summary>What a post-processor sees.</summary>
public interface IPostProcessorContext
{
    /// <summary>The request; null when it did not bind.</summary>
    object? Request { get; }

    /// <summary>The response; null when there is none.</summary>
    object? Response { get; }

    /// <summary>The exchange.</summary>
    HttpContext HttpContext { get; }

    /// <summary>The failures.</summary>
    IReadOnlyCollection<ValidationFailure> ValidationFailures { get; }

    /// <summary>What the handler threw, if it did.</summary>
    ExceptionDispatchInfo? ExceptionDispatchInfo { get; }

    /// <summary>Whether the handler threw.</summary>
    [MemberNotNullWhen(true, nameof(ExceptionDispatchInfo))]
    sealed bool HasExceptionOccurred => ExceptionDispatchInfo is not null;

    /// <summary>Whether there are failures.</summary>
    sealed bool HasValidationFailures => ValidationFailures.Count > 0;

    /// <summary>Keeps the exception from being thrown on after the post-processors.</summary>
    void MarkExceptionAsHandled() => HttpContext.Items[ItemKeys.ExceptionHandled] = null;
}

/// <summary>What a post-processor of a request and response type sees.</summary>
/// <typeparam name="TRequest">The request type.</typeparam>
/// <typeparam name="TResponse">The response type.</typeparam>
public interface IPostProcessorContext<out TRequest, out TResponse> : IPostProcessorContext
{
    /// <summary>The request; null when it did not bind.</summary>
    new TRequest? Request { get; }

    /// <summary>The response; null when there is none.</summary>
    new TResponse? Response { get; }

    object? IPostProcessorContext.Request => Request;

    object? IPostProcessorContext.Response => Response;
}
