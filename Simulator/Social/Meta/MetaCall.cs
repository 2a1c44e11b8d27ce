using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Social;

/// <summary>A call of the Graph API: its parameters, from the address, a form or JSON alike, and whose token it carries.</summary>
internal sealed class MetaCall
{
    private readonly Dictionary<string, string> _parameters;

    private MetaCall(HttpRequest request, Dictionary<string, string> parameters, IFormFile? file)
    {
        (Request, _parameters, File) = (request, parameters, file);
    }

    public HttpRequest Request { get; }

    /// <summary>The file of a multipart form.</summary>
    public IFormFile? File { get; }

    public string? this[string name] => _parameters.GetValueOrDefault(name);

    public string? Token => this["access_token"] ?? SocialTokens.Bearer(Request);

    public static async Task<MetaCall> ReadAsync(HttpRequest request)
    {
        var parameters = request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        IFormFile? file = null;
        if (request.HasFormContentType)
        {
            var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
            file = form.Files.Count > 0 ? form.Files[0] : null;
            foreach (var (name, value) in form)
            {
                parameters[name] = value.ToString();
            }
        }
        else if (request.HasJsonContentType() && await ControlBody.ReadAsync(request) is { ValueKind: JsonValueKind.Object } body)
        {
            foreach (var field in body.EnumerateObject())
            {
                parameters[field.Name] = field.Value.ToString();
            }
        }

        return new MetaCall(request, parameters, file);
    }

    /// <summary>What a token stands for; else the error that says why not.</summary>
    public SocialGrant? Grant(SocialNetwork network, string kind, out MetaProblem? problem)
    {
        if (string.IsNullOrEmpty(Token))
        {
            problem = new(400, 104, "An access token is required to request this resource.");
            return null;
        }

        var grant = network.Tokens.Read(Token, kind, out var fault);
        problem = fault switch
        {
            TokenFault.None => null,
            TokenFault.Unknown => MetaProblem.WrongToken,
            TokenFault.Expired => MetaProblem.WrongToken with
            {
                Message = "Error validating access token: Session has expired.",
                Subcode = 463,
            },
            _ => MetaProblem.WrongToken with
            {
                Message = "Error validating access token: The user has not authorized application.",
                Subcode = 458,
            },
        };
        return grant;
    }
}

/// <summary>An error of Instagram's and Facebook's Graph API.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">Meta's code.</param>
/// <param name="Message">For programmers.</param>
/// <param name="Subcode">Which of the errors of that code.</param>
/// <param name="IsTransient">Whether it passes by itself.</param>
internal sealed record MetaProblem(int Status, int Code, string Message, int? Subcode = null, bool IsTransient = false) : IResult
{
    public static MetaProblem WrongToken { get; } = new(400, 190, "Invalid OAuth access token - Cannot parse access token");

    public static MetaProblem Required(string parameter) => new(400, 100, $"(#100) The parameter {parameter} is required.");

    public static MetaProblem Invalid(string message) => new(400, 100, $"(#100) {message}");

    public static MetaProblem Unknown(string id) => new(
        400, 100,
        $"Unsupported request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation.",
        33);

    public static MetaProblem Denied(string scope) =>
        new(403, 10, $"(#10) Application does not have permission for this action: it needs {scope}");

    /// <summary>The error of a fault that was asked for: <c>code</c> is Meta's, or <c>code/subcode</c>.</summary>
    public static MetaProblem Fault(int? status, string? code)
    {
        var parts = code?.Split('/') ?? [];
        int? Part(int index) => parts.Length > index && int.TryParse(parts[index], out var number) ? number : null;
        var number = Part(0) ?? status switch { 400 => 100, 401 => 190, 403 => 200, 429 => 4, 503 => 2, _ => 1 };
        var problem = number switch
        {
            -1 => new(500, -1, "Fatal", 2207001, IsTransient: true),
            -2 => new(500, -2, "The media download timed out.", 2207003, IsTransient: true),
            1 => new(500, 1, "An unknown error occurred", IsTransient: true),
            2 => new(503, 2, "An unexpected error has occurred. Please retry your request later.", IsTransient: true),
            4 => new(429, 4, "(#4) Application request limit reached", IsTransient: true),
            9 => new(403, 9, "(#9) Application request limit reached", 2207042),
            17 => new(400, 17, "(#17) User request limit reached", IsTransient: true),
            32 => new(403, 32, "(#32) Page request limit reached", IsTransient: true),
            190 => WrongToken,
            368 => new(400, 368, "The action attempted has been deemed abusive or is otherwise disallowed"),
            506 => new(400, 506, "Duplicate status message"),
            _ => new MetaProblem(400, number, $"(#{number}) Error"),
        };
        return problem with { Status = status ?? problem.Status, Subcode = Part(1) ?? problem.Subcode };
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (Code is 104 or 190)
        {
            httpContext.Response.Headers.WWWAuthenticate =
                $"OAuth \"Facebook Platform\" \"{(Code == 190 ? "invalid_token" : "invalid_request")}\" \"{Message}\"";
        }

        var error = new JsonObject { ["message"] = Message, ["type"] = "OAuthException", ["code"] = Code };
        if (Subcode is { } subcode)
        {
            error["error_subcode"] = subcode;
        }

        if (IsTransient)
        {
            error["is_transient"] = true;
        }

        error["fbtrace_id"] = $"A{Convert.ToHexString(RandomNumberGenerator.GetBytes(11))}";
        return new JsonAnswer(new JsonObject { ["error"] = error }, Status).ExecuteAsync(httpContext);
    }
}
