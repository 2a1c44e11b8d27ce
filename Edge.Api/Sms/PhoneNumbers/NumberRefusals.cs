using System.Globalization;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary>The refusals that several endpoints of phone numbers share.</summary>
internal static class NumberRefusals
{
    /// <summary>409, only for the one that holds the phone: only one user has a number.</summary>
    public static ProblemHttpResult Taken() =>
        Problems.Conflict("This number cannot be verified. An operator can say why.", ProblemKinds.NumberTaken);

    /// <summary>422: not the code; it may be tried again so many times.</summary>
    public static ProblemHttpResult Wrong(int triesLeft)
    {
        var refusal = Problems.For(
            StatusCodes.Status422UnprocessableEntity,
            triesLeft > 0 ? "This is not the code." : "This is not the code. There were too many wrong ones: ask for a new one in 15 minutes.",
            ProblemKinds.WrongCode);
        refusal.ProblemDetails.Extensions["triesLeft"] = triesLeft;
        return refusal;
    }

    /// <summary>422: there is no code to compare with.</summary>
    public static ProblemHttpResult NoCode() => Problems.For(
        StatusCodes.Status422UnprocessableEntity, "The code has expired, or there is none. Ask for a new one.", ProblemKinds.CodeExpired);

    /// <summary>429: too many wrong tries.</summary>
    public static ProblemHttpResult Paused(HttpContext http, DateTimeOffset until, DateTimeOffset now) =>
        Later(http, until - now, "There were too many wrong codes.");

    /// <summary>429: too many codes, with the limit that is reached.</summary>
    public static ProblemHttpResult TooManyCodes(HttpContext http, CodeRefusal refusal) => Later(http, refusal.RetryAfter, refusal.Reason);

    private static ProblemHttpResult Later(HttpContext http, TimeSpan retryAfter, string reason)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds));
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Problems.For(
            StatusCodes.Status429TooManyRequests, string.Create(CultureInfo.InvariantCulture, $"{reason} Come back in {seconds} seconds."));
    }
}
