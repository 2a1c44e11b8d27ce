using System.Text;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Twilio;

/// <summary>HTTP Basic with the account's sid and its token, on paths that name the same account.</summary>
internal sealed class TwilioAuthorization(IOptions<TwilioOptions> options)
{
    private readonly string _accountSid = options.Value.AccountSid;
    private readonly string _credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.Value.AccountSid}:{options.Value.AuthToken}"));

    /// <returns>Null when the call may go on.</returns>
    public TwilioError? Check(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        return !authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) || authorization[6..].Trim() != _credentials
            ? TwilioErrors.WrongAccount
            : (string?)context.Request.RouteValues["accountSid"] != _accountSid ? TwilioErrors.NotFound(Resource(context))
            : null;
    }

    /// <summary>The path as Twilio has it: below no folder.</summary>
    public static PathString Resource(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/twilio", out var rest) ? rest : context.Request.Path;
}
