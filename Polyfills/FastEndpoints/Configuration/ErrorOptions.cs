using FluentValidation.Results;
using Microsoft.AspNetCore.Http;

namespace FastEndpoints;

/// <summary>What an answer of errors looks like.</summary>
public sealed partial class ErrorOptions
{
    /// <summary>The status of validation failures. Default 400.</summary>
    public int StatusCode { internal get; set; } = 400;

    /// <summary>The content type of answers of errors. Default <c>application/problem+json</c>.</summary>
    public string ContentType { internal get; set; } = "application/problem+json";

    /// <summary>The type that endpoints with a validator are described to answer with; null for none. Default <see cref="ErrorResponse"/>.</summary>
    public Type? ProducesMetadataType { internal get; set; } = typeof(ErrorResponse);

    /// <summary>The name of failures that belong to no property. Default <c>GeneralErrors</c>.</summary>
    public string GeneralErrorsField { internal get; set; } = "GeneralErrors";

    /// <summary>Makes the body from the failures, the exchange and the status.</summary>
    public Func<List<ValidationFailure>, HttpContext, int, object> ResponseBuilder { internal get; set; }
        = (failures, _, status) => new ErrorResponse(failures, status);

    internal ProblemDetailsConfig Problem { get; } = new();

    /// <summary>Answers with <see cref="ProblemDetails"/> instead of <see cref="ErrorResponse"/>.</summary>
    /// <param name="config">Sets what the problem says.</param>
    public void UseProblemDetails(Action<ProblemDetailsConfig>? config = null)
    {
        config?.Invoke(Problem);
        ProducesMetadataType = typeof(ProblemDetails);
        ResponseBuilder = Problem.ResponseBuilder;
    }
}
