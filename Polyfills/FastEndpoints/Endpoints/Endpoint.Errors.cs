using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using FluentValidation;
using FluentValidation.Results;

namespace FastEndpoints;

public abstract partial class Endpoint<TRequest, TResponse> : IValidationErrors<TRequest>
{
    /// <inheritdoc />
    public bool ValidationFailed => ValidationFailures.Count > 0;

    /// <inheritdoc />
    public void AddError(ValidationFailure failure)
    {
        // the caller knows the body, not the property that holds it
        if (Definition.BodyPrefix is { } prefix && failure.PropertyName?.StartsWith(prefix, StringComparison.Ordinal) == true)
            failure.PropertyName = failure.PropertyName[prefix.Length..];
        ValidationFailures.Add(failure);
    }

    /// <inheritdoc />
    public void AddError(string message, string? errorCode = null, Severity severity = Severity.Error)
        => ValidationFailures.Add(Failure(Settings.Errors.GeneralErrorsField, message, errorCode, severity));

    /// <inheritdoc />
    public void AddError(Expression<Func<TRequest, object?>> property, string errorMessage, string? errorCode = null, Severity severity = Severity.Error)
        => AddError(Failure(PropertyPath.Of(property.Body), errorMessage, errorCode, severity));

    /// <inheritdoc />
    public void ThrowIfAnyErrors(int? statusCode = null)
    {
        if (ValidationFailed)
            Throw(nameof(ThrowIfAnyErrors), statusCode);
    }

    /// <inheritdoc />
    [DoesNotReturn]
    public void ThrowError(ValidationFailure failure, int? statusCode = null)
    {
        failure.PropertyName ??= Settings.Errors.GeneralErrorsField;
        AddError(failure);
        Throw(nameof(ThrowError), statusCode);
    }

    /// <inheritdoc />
    [DoesNotReturn]
    public void ThrowError(string message, int? statusCode = null)
    {
        AddError(message);
        Throw(nameof(ThrowError), statusCode);
    }

    /// <inheritdoc />
    [DoesNotReturn]
    public void ThrowError(string message, string errorCode, Severity severity = Severity.Error, int? statusCode = null)
    {
        AddError(message, errorCode, severity);
        Throw(nameof(ThrowError), statusCode);
    }

    /// <inheritdoc />
    [DoesNotReturn]
    public void ThrowError(Expression<Func<TRequest, object?>> property, string errorMessage, int? statusCode = null)
    {
        AddError(property, errorMessage);
        Throw(nameof(ThrowError), statusCode);
    }

    /// <inheritdoc />
    [DoesNotReturn]
    public void ThrowError(Expression<Func<TRequest, object?>> property, string errorMessage, string errorCode, Severity severity = Severity.Error, int? statusCode = null)
    {
        AddError(property, errorMessage, errorCode, severity);
        Throw(nameof(ThrowError), statusCode);
    }

    private static ValidationFailure Failure(string name, string message, string? code, Severity severity)
        => new(name, message) { ErrorCode = code, Severity = severity };

    [DoesNotReturn]
    private void Throw(string caller, int? statusCode)
        => throw new ValidationFailureException(ValidationFailures, $"{caller}() called") { StatusCode = statusCode };
}
