using System.Reflection;
using Microsoft.Extensions.Logging;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Security;

namespace Switchboard.Tests.Unit.Diagnostics;

/// <summary>What of others does not get into a log.</summary>
public sealed class RedactedTests
{
    // what this product makes up itself
    private static readonly string[] OurOwn =
        ["flag", "name", "loop", "queue", "type", "table", "state", "method", "who", "sid", "channel", "folder"];

    [Theory]
    [InlineData("The 'To' number +15550100001 is not valid", "The 'To' number [redacted] is not valid")]
    [InlineData("whatsapp:+5215512345678", "whatsapp:[redacted]")]
    [InlineData("sms-owner:+15550100001", "sms-owner:[redacted]")]
    [InlineData("15550100001 is not on WhatsApp", "[redacted] is not on WhatsApp")]
    [InlineData("GET /users/jane.doe%40example.com/messages: 404", "GET [redacted]: 404")]
    [InlineData("<jane+x@bücher.example> bounced", "<[redacted]> bounced")]
    [InlineData("131026 Undeliverable, try 3 of 5 in 21602 ms", "131026 Undeliverable, try 3 of 5 in 21602 ms")]
    [InlineData("019a2b3c-0000-7000-8000-000000000001 at 2026-11-28T12:00:00Z", "019a2b3c-0000-7000-8000-000000000001 at 2026-11-28T12:00:00Z")]
    [InlineData(null, "")]
    public void Addresses_and_numbers_are_not_written(string? text, string written) =>
        ((Redacted)text).ToString().ShouldBe(written);

    [Fact]
    public void No_message_of_a_log_takes_text_of_others_as_it_is() =>
        (from assembly in Product()
         from type in assembly.GetTypes()
         where type.Name == "Log"
         from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
         where method.GetParameters().Any(parameter => parameter.ParameterType == typeof(ILogger))
         from parameter in method.GetParameters()
         where parameter.ParameterType == typeof(string) && !OurOwn.Contains(parameter.Name)
         select $"{type.DeclaringType}.{method.Name}({parameter.Name})").ShouldBeEmpty();

    private static Assembly[] Product() =>
    [
        typeof(Redacted).Assembly, typeof(ApiKeySecret).Assembly, Assembly.Load("Switchboard.Workers.Ingest"),
        Assembly.Load("Switchboard.Workers.Dispatch"), Assembly.Load("Switchboard.Analytics.Worker"),
    ];
}
