using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Switchboard.ServiceDefaults;

namespace Switchboard.Edge.Api.Platform;

/// <summary>Makes the problems (RFC 9457) that endpoints answer.</summary>
internal static class Problems
{
    /// <summary>A problem of that status.</summary>
    public static ProblemHttpResult For(int status, string? detail = null, string? type = null) =>
        TypedResults.Problem(Details(status, detail, type));

    /// <summary>400, with every field that is wrong.</summary>
    public static ProblemHttpResult Invalid(params IReadOnlyList<FieldError> errors) => TypedResults.Problem(InvalidDetails(errors));

    /// <summary>404: it is not there, or it is another's.</summary>
    public static ProblemHttpResult NotFound(string what, Guid id) => For(StatusCodes.Status404NotFound, $"There is no {what} {id}.");

    /// <summary>409: its state, or another's, is in the way.</summary>
    public static ProblemHttpResult Conflict(string detail, string? type = null) => For(StatusCodes.Status409Conflict, detail, type);

    /// <summary>The body of a 400.</summary>
    public static ProblemDetails InvalidDetails(IReadOnlyList<FieldError> errors)
    {
        var details = Details(
            StatusCodes.Status400BadRequest,
            errors.Count == 1 ? $"{errors[0].Name}: {errors[0].Reason}" : $"{errors.Count} fields are not valid.",
            ProblemKinds.Validation);
        details.Extensions["errors"] = errors;
        return details;
    }

    private static ProblemDetails Details(int status, string? detail = null, string? type = null) => new()
    {
        Status = status,
        Type = type ?? ProblemTypes.Of(status),
        Title = ReasonPhrases.GetReasonPhrase(status),
        Detail = detail,
    };
}
