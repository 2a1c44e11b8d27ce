using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Switchboard.Simulator.Social;

/// <summary>The errors of X: problem+json (RFC 9457).</summary>
internal static class XProblem
{
    public static JsonAnswer Unauthorized { get; } = Of(HttpStatusCode.Unauthorized, "Unauthorized", "Unauthorized");

    public static JsonAnswer NotFound { get; } = Of(HttpStatusCode.NotFound, "Not Found", "Not Found");

    public static JsonAnswer TooMany { get; } = Of(HttpStatusCode.TooManyRequests, "Too Many Requests", "Too Many Requests");

    public static JsonAnswer Suspended { get; } = Forbidden("Your account is suspended and is not permitted to access this feature.");

    public static JsonAnswer Forbidden(string detail) => Of(HttpStatusCode.Forbidden, "Forbidden", detail);

    public static JsonAnswer OAuth(string error, string description, int status = 400) =>
        new(new JsonObject { ["error"] = error, ["error_description"] = description }, status);

    public static JsonAnswer Invalid(string parameter, string message)
    {
        var answer = Of(
            HttpStatusCode.BadRequest, "Invalid Request", "One or more parameters to your request was invalid.",
            "https://api.twitter.com/2/problems/invalid-request");
        answer.Body!["errors"] = new JsonArray(new JsonObject
        {
            ["parameters"] = new JsonObject { [parameter] = new JsonArray("") },
            ["message"] = message,
        });
        return answer;
    }

    /// <summary>The headers that say what of a limit is left.</summary>
    public static void Limits(HttpResponse response, QuotaState state)
    {
        response.Headers["x-rate-limit-limit"] = state.Limit.ToString(CultureInfo.InvariantCulture);
        response.Headers["x-rate-limit-remaining"] = state.Remaining.ToString(CultureInfo.InvariantCulture);
        response.Headers["x-rate-limit-reset"] = SocialTokens.Seconds(state.ResetsAt);
    }

    /// <summary>The error of a fault that was asked for; of 429 with the time when it ends.</summary>
    public static JsonAnswer Fault(HttpResponse response, int? status, string? code, DateTimeOffset until)
    {
        if (code == "usage-capped")
        {
            var capped = Of(
                HttpStatusCode.TooManyRequests, "UsageCapExceeded", "Usage cap exceeded: Monthly product cap",
                "https://api.twitter.com/2/problems/usage-capped");
            capped.Body!["period"] = "Monthly";
            return capped;
        }

        var number = status ?? 500;
        if (number == 429)
        {
            Limits(response, new(false, MostPosts, 0, until));
        }

        return number switch
        {
            401 => Unauthorized,
            403 => Forbidden(code ?? "You are not permitted to perform this action."),
            429 => TooMany,
            _ => Of((HttpStatusCode)number, code ?? "Error", code ?? "Something went wrong."),
        };
    }

    private const int MostPosts = 100;

    private static JsonAnswer Of(HttpStatusCode status, string title, string detail, string type = "about:blank") =>
        new(new JsonObject { ["title"] = title, ["type"] = type, ["status"] = (int)status, ["detail"] = detail }, (int)status)
        {
            ContentType = "application/problem+json; charset=utf-8",
        };
}
