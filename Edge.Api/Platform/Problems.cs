using Microsoft.AspNetCore.WebUtilities;
using Switchboard.ServiceDefaults;
using ProblemDetails = Microsoft.AspNetCore.Mvc.ProblemDetails;

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
    public static ProblemHttpResult NotFound(string what, Guid id) => NotFound(what, $"{id}");

    /// <summary>404: it is not there, or it is another's.</summary>
    public static ProblemHttpResult NotFound(string what, string name) => For(StatusCodes.Status404NotFound, $"There is no {what} {name}.");

    /// <summary>409: its state, or another's, is in the way.</summary>
    public static ProblemHttpResult Conflict(string detail, string? type = null) => For(StatusCodes.Status409Conflict, detail, type);

    /// <summary>403: the key lacks a scope.</summary>
    public static ProblemHttpResult MissingScope(string detail) => For(StatusCodes.Status403Forbidden, detail, ProblemKinds.MissingScope);

    /// <summary>The body of a 400.</summary>
    public static ProblemDetails InvalidDetails(IReadOnlyList<FieldError> errors)
    {
        var details = Details(
            StatusCodes.Status400BadRequest,
            errors.Count == 1 ? $"{errors[0].Name}: {errors[0].Reason}" : $"{errors.Count} fields are not valid.",
            ProblemKinds.Validation);
        details.Extensions["errors"] = errors.Count <= JsonErrors.Most ? errors : [.. errors.Take(JsonErrors.Most)];
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

/// <summary>
/// The <c>type</c> of problems whose status does not say it all. A client may switch on them: they are never renamed.
/// </summary>
internal static class ProblemKinds
{
    /// <summary>400: fields of the request are wrong; <c>errors</c> names each.</summary>
    public static readonly string Validation = ProblemTypes.Of("validation");

    /// <summary>403: the key lacks a scope.</summary>
    public static readonly string MissingScope = ProblemTypes.Of("missing-scope");

    /// <summary>409: a request with this <c>Idempotency-Key</c> is being answered.</summary>
    public static readonly string IdempotencyKeyInFlight = ProblemTypes.Of("idempotency-key-in-flight");

    /// <summary>422: the <c>Idempotency-Key</c> was used for another request.</summary>
    public static readonly string IdempotencyKeyReused = ProblemTypes.Of("idempotency-key-reused");

    /// <summary>409: another user has verified this phone number.</summary>
    public static readonly string NumberTaken = ProblemTypes.Of("phone-number-taken");

    /// <summary>422: not the code that the phone number was sent; <c>triesLeft</c> says how often it may be tried.</summary>
    public static readonly string WrongCode = ProblemTypes.Of("wrong-code");

    /// <summary>422: the phone number's code is over or void; a new one helps.</summary>
    public static readonly string CodeExpired = ProblemTypes.Of("code-expired");

    /// <summary>409: a post says nearly the same as another one; <c>duplicates</c> names it.</summary>
    public static readonly string NearDuplicate = ProblemTypes.Of("near-duplicate");

    /// <summary>409: what a post says is fixed, since some of it was sent.</summary>
    public static readonly string PostFixed = ProblemTypes.Of("post-fixed");

    /// <summary>409: the media library of the user has no room for the file.</summary>
    public static readonly string MediaQuota = ProblemTypes.Of("media-quota");

    /// <summary>422: an uploaded file is none that platforms take; <c>detail</c> says why.</summary>
    public static readonly string MediaRefused = ProblemTypes.Of("media-refused");

    /// <summary>429: the user has used up what there is of it for this day.</summary>
    public static readonly string QuotaExceeded = ProblemTypes.Of("quota-exceeded");

    /// <summary>400: an authorization that was begun is over; beginning again helps.</summary>
    public static readonly string ConnectionEnded = ProblemTypes.Of("connection-ended");

    /// <summary>403: the owner of a mailbox did not consent to all that it takes.</summary>
    public static readonly string NotConsented = ProblemTypes.Of("not-consented");

    /// <summary>403: the connection was not confirmed in this browser.</summary>
    public static readonly string NotConfirmed = ProblemTypes.Of("not-confirmed");
}
