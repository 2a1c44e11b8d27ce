using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Twilio;

/// <summary>Options of the section <c>Twilio</c>; the values of the product's Development settings are the defaults.</summary>
internal sealed class TwilioOptions
{
    public const string Section = "Twilio";

    [Required]
    public string AccountSid { get; set; } = "ACdemo";

    /// <summary>The password of the API, and what signs webhooks.</summary>
    [Required]
    public string AuthToken { get; set; } = "demo-twilio-token";

    /// <summary>The account's number: what SMS are sent to that name no other, and what a messaging service sends from.</summary>
    [Required]
    public string PhoneNumber { get; set; } = "+15550009999";
}

/// <summary>Twilio's API at <c>/twilio</c>, its media, and its webhooks and callbacks to the edge.</summary>
internal static class TwilioEndpoints
{
    public static IServiceCollection AddTwilio(this IServiceCollection services)
    {
        services.AddOptions<TwilioOptions>().BindConfiguration(TwilioOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<MessageStore<SmsMessage>>()
            .AddSingleton<SmsJournal>()
            .AddSingleton<OptOuts>()
            .AddSingleton<StatusQueue>()
            .AddSingleton<StatusForm>()
            .AddSingleton<WebhookRequest>()
            .AddSingleton<TwilioAuthorization>()
            .AddSingleton<SendEndpoint>()
            .AddSingleton<MediaLinks>()
            .AddSingleton<MediaEndpoint>()
            .AddSingleton<CdnEndpoint>()
            .AddSingleton<InboundForm>()
            .AddSingleton<SmsReplies>()
            .AddSingleton<SmsInbox>()
            .AddHostedService<SmsRecovery>()
            .AddHostedService<StatusCallbacks>()
            .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, TwilioJson.Default));
    }

    public static void MapTwilio(this WebApplication app)
    {
        const string messages = "/twilio/2010-04-01/Accounts/{accountSid}/Messages";
        app.MapPost(messages + ".json", app.Services.GetRequiredService<SendEndpoint>().InvokeAsync);
        app.MapGet(messages + "/{messageSid}/Media/{mediaSid}", app.Services.GetRequiredService<MediaEndpoint>().InvokeAsync);
        app.MapGet(MediaLinks.CdnPath + "/{mediaSid}", app.Services.GetRequiredService<CdnEndpoint>().InvokeAsync);
        app.MapFallback("/twilio/{**rest}", context => TwilioErrors.NotFound(TwilioAuthorization.Resource(context)).WriteAsync(context));
    }
}

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

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(NewSms))]
[JsonSerializable(typeof(NewMedia))]
[JsonSerializable(typeof(InboundAnswer))]
[JsonSerializable(typeof(SmsPage))]
[JsonSerializable(typeof(SmsCount))]
[JsonSerializable(typeof(StatusSettings))]
[JsonSerializable(typeof(StatusByHand))]
[JsonSerializable(typeof(OptOutNumber))]
[JsonSerializable(typeof(MediaView))]
[JsonSerializable(typeof(MediaSpec))]
[JsonSerializable(typeof(SmsJournalLine))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class TwilioJson : JsonSerializerContext
{
    /// <summary>For what people read, for the journal, and for what is encoded in addresses; the same fields every time.</summary>
    public static TwilioJson Readable { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
