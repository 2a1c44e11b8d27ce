using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using FluentValidation;
using FluentValidation.Results;

namespace FastEndpoints;

/// <summary>Failures found by code rather than by a validator.</summary>
public interface IValidationErrors
{
    /// <summary>The failures so far.</summary>
    List<ValidationFailure> ValidationFailures { get; }

    /// <summary>Whether there are failures.</summary>
    bool ValidationFailed { get; }

    /// <summary>Adds a failure.</summary>
    /// <param name="failure">The failure.</param>
    void AddError(ValidationFailure failure);

    /// <summary>Adds a failure that belongs to no property.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="errorCode">Its code.</param>
    /// <param name="severity">Its severity.</param>
    void AddError(string message, string? errorCode = null, Severity severity = Severity.Error);

    /// <summary>Ends the handler with an answer of errors, if there are any.</summary>
    /// <param name="statusCode">Its status; <see cref="ErrorOptions.StatusCode"/> when null.</param>
    void ThrowIfAnyErrors(int? statusCode = null);

    /// <summary>Adds a failure and ends the handler with an answer of errors.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="statusCode">Its status; <see cref="ErrorOptions.StatusCode"/> when null.</param>
    [DoesNotReturn]
    void ThrowError(ValidationFailure failure, int? statusCode = null);

    /// <summary>Adds a failure that belongs to no property and ends the handler with an answer of errors.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="statusCode">Its status; <see cref="ErrorOptions.StatusCode"/> when null.</param>
    [DoesNotReturn]
    void ThrowError(string message, int? statusCode = null);

    /// <summary>Adds a failure that belongs to no property and ends the handler with an answer of errors.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="errorCode">Its code.</param>
    /// <param name="severity">Its severity.</param>
    /// <param name="statusCode">Its status; <see cref="ErrorOptions.StatusCode"/> when null.</param>
    [DoesNotReturn]
    void ThrowError(string message, string errorCode, Severity severity = Severity.Error, int? statusCode = null);
}

/// <summary>Failures of the properties of a request type.</summary>
/// <typeparam name="T">The request type.</typeparam>
public interface IValidationErrors<T> : IValidationErrors
{
    /// <summary>Adds a failure of a property.</summary>
    /// <param name="property">The property.</param>
    /// <param name="errorMessage">What is wrong.</param>
    /// <param name="errorCode">Its code.</param>
    /// <param name="severity">Its severity.</param>
    void AddError(Expression<Func<T, object?>> property, string errorMessage, string? errorCode = null, Severity severity = Severity.Error);

    /// <summary>Adds a failure of a property and ends the handler with an answer of errors.</summary>
    /// <param name="property">The property.</param>
    /// <param name="errorMessage">What is wrong.</param>
    /// <param name="statusCode">Its status; <see cref="ErrorOptions.StatusCode"/> when null.</param>
    [DoesNotReturn]
    void ThrowError(Expression<Func<T, object?>> property, string errorMessage, int? statusCode = null);

    /// <summary>Adds a failure of a property and ends the handler with an answer of errors.</summary>
    /// <param name="property">The property.</param>
    /// <param name="errorMessage">What is wrong.</param>
    /// <param name="errorCode">Its code.</param>
    /// <param name="severity">Its severity.</param>
    /// <param name="statusCode">Its status; <see cref="ErrorOptions.StatusCode"/> when null.</param>
    [DoesNotReturn]
    void ThrowError(Expression<Func<T, object?>> property, string errorMessage, string errorCode, Severity severity = Severity.Error, int? statusCode = null);
}
