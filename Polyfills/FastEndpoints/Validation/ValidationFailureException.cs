using FluentValidation.Results;

namespace FastEndpoints;

/// <summary>A request that can't be carried out as it is: ends the handler and becomes an answer of errors.</summary>
public sealed class ValidationFailureException : Exception
{
    /// <summary>Creates one without failures.</summary>
    public ValidationFailureException()
    {
    }

    /// <summary>Creates one without failures.</summary>
    /// <param name="message">What happened.</param>
    public ValidationFailureException(string? message)
        : base(message)
    {
    }

    /// <summary>Creates one without failures.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">Why.</param>
    public ValidationFailureException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates one of failures.</summary>
    /// <param name="failures">What is wrong.</param>
    /// <param name="message">What happened.</param>
    public ValidationFailureException(IEnumerable<ValidationFailure> failures, string message)
        : base($"{message} - {failures.FirstOrDefault()?.ErrorMessage}")
        => Failures = failures;

    /// <summary>What is wrong.</summary>
    public IEnumerable<ValidationFailure>? Failures { get; init; }

    /// <summary>The status to answer with; <see cref="ErrorOptions.StatusCode"/> when null.</summary>
    public int? StatusCode { get; internal init; }
}
