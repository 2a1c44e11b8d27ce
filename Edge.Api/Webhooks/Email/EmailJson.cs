using System.Text.Json.Serialization;

namespace Switchboard.Edge.Api.Webhooks.Email;

/// <summary>How mails are read and answered, generated at build time.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(EmailRequest))]
[JsonSerializable(typeof(IReadOnlyList<EmailRequest?>))]
internal sealed partial class EmailJson : JsonSerializerContext;
