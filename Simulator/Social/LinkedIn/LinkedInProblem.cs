using System.Text.Json.Nodes;

namespace Switchboard.Simulator.Social;

/// <summary>An error of LinkedIn: <c>{status,serviceErrorCode,code,message}</c>.</summary>
internal sealed record LinkedInProblem(int Status, string Code, string Message, int? ServiceErrorCode = null) : IResult
{
    public static LinkedInProblem NoVersion { get; } = new(
        400, "VERSION_MISSING", "A version must be present. Please specify a version by adding the Linkedin-Version header.");

    public static LinkedInProblem Denied { get; } = new(403, "ACCESS_DENIED", "Not enough permissions to access: posts", 100);

    public static LinkedInProblem NotFound { get; } = new(404, "NOT_FOUND", "Could not find entity");

    public static LinkedInProblem TooMany { get; } = new(
        429, "TOO_MANY_REQUESTS", "Resource level throttle MEMBER DAY limit for calls to this resource is reached.", 101);

    public static LinkedInProblem Invalid(string message) => new(400, "INVALID_REQUEST", message);

    public static JsonAnswer OAuth(string error, string description, int status = 400) =>
        new(new JsonObject { ["error"] = error, ["error_description"] = description }, status);

    public static LinkedInProblem Of(TokenFault fault) => fault switch
    {
        TokenFault.Expired => new(401, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired", 65602),
        TokenFault.Revoked => new(401, "REVOKED_ACCESS_TOKEN", "The token used in the request has been revoked by the user", 65601),
        _ => new(401, "INVALID_ACCESS_TOKEN", "Invalid access token", 65600),
    };

    /// <summary>The error of a fault that was asked for.</summary>
    public static LinkedInProblem Fault(int? status, string? code)
    {
        var problem = status switch
        {
            401 => Of(TokenFault.Revoked),
            403 => Denied,
            404 => NotFound,
            429 => TooMany,
            _ =>
            new(status ?? 500, "INTERNAL_SERVER_ERROR", "Internal Server Error")
        };
        return code is null ? problem : problem with { Code = code };
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var body = new JsonObject { ["status"] = Status, ["code"] = Code, ["message"] = Message };
        if (ServiceErrorCode is { } number)
        {
            body["serviceErrorCode"] = number;
        }

        return new JsonAnswer(body, Status).ExecuteAsync(httpContext);
    }
}
