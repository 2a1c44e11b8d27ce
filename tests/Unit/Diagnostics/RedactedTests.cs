using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Providers;
using Switchboard.Tests.Unit.Architecture;

namespace Switchboard.Tests.Unit.Diagnostics;

/// <summary>What of others does not get into a log.</summary>
public sealed partial class RedactedTests
{
    // what this product makes up itself
    private static readonly string[] OurOwn =
        ["flag", "name", "loop", "queue", "type", "table", "state", "method", "who", "sid", "channel", "folder", "platform", "route", "checkpoints", "kind"];

    [Theory]
    [InlineData("The 'To' number +15550100001 is not valid", "The 'To' number [redacted] is not valid")]
    [InlineData("whatsapp:+5215512345678", "whatsapp:[redacted]")]
    [InlineData("sms-owner:+15550100001", "sms-owner:[redacted]")]
    [InlineData("15550100001 is not on WhatsApp", "[redacted] is not on WhatsApp")]
    [InlineData("GET /users/jane.doe%40example.com/messages: 404", "GET [redacted]: 404")]
    [InlineData("<jane+x@bücher.example> bounced", "<[redacted]> bounced")]
    [InlineData("131026 Undeliverable, try 3 of 5 in 21602 ms", "131026 Undeliverable, try 3 of 5 in 21602 ms")]
    [InlineData("019a2b3c-0000-7000-8000-000000000001 at 2026-11-28T12:00:00Z", "019a2b3c-0000-7000-8000-000000000001 at 2026-11-28T12:00:00Z")]
    [InlineData("Result: 'the vault opens at four' of \"ck_status\", \"who goes there\"", "Result: [redacted] of \"ck_status\", [redacted]")]
    [InlineData("It's what nobody's rule said", "It's what nobody's rule said")]
    [InlineData(null, "")]
    public void Addresses_and_numbers_are_not_written(string? text, string written) =>
        ((Redacted)text).ToString().ShouldBe(written);

    [Fact]
    public void Of_a_providers_failure_its_words_are_not_written_and_of_one_that_did_not_answer_ours_are()
    {
        Written(new ProviderFailure(FailureKind.Permanent, "the vault opens at four", 400, Code: "21602")).ShouldBe("Permanent, HTTP 400, code 21602");
        Written(new ProviderFailure(FailureKind.UnknownOutcome, "Twilio did not answer within 10 s."))
            .ShouldBe("UnknownOutcome: Twilio did not answer within 10 s.");
        Written(new JsonException("the vault opens at four")).ShouldBe("JsonException");
        Written(new TimeoutException("No answer of +15550100001")).ShouldBe("No answer of [redacted]");

        static string Written(Redacted text) => text.ToString();
    }

    [Fact]
    public void No_source_hands_the_message_of_an_exception_to_a_log() =>
        (from project in Repository.Product
         from file in Repository.SourcesOf(project)
         from line in File.ReadLines(file)
         where MessageInLog().IsMatch(line)
         select $"{Path.GetFileName(file)}: {line.Trim()}").ShouldBeEmpty();

    [Fact]
    public void No_message_of_a_log_takes_text_of_others_as_it_is() =>
        (from assembly in Product()
         from type in assembly.GetTypes()
         where type.Name == "Log"
         from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
         where method.GetParameters().Any(parameter => parameter.ParameterType == typeof(ILogger))
         from parameter in method.GetParameters()
         where !IsSafe(parameter.ParameterType) && (parameter.ParameterType != typeof(string) || !OurOwn.Contains(parameter.Name))
         select $"{type.DeclaringType}.{method.Name}({parameter.Name})").ShouldBeEmpty();

    private static bool IsSafe(Type type) =>
        type == typeof(Redacted) || type == typeof(ILogger) || type == typeof(Exception) || type == typeof(Guid) || type == typeof(DateTimeOffset)
        || type.IsPrimitive || type.IsEnum || (Nullable.GetUnderlyingType(type) is { } value && IsSafe(value));

    private static Assembly[] Product() =>
    [
        typeof(Redacted).Assembly, Assembly.Load("Switchboard.Edge.Api"), Assembly.Load("Switchboard.Workers.Ingest"),
        Assembly.Load("Switchboard.Workers.Dispatch"), Assembly.Load("Switchboard.Analytics.Worker"), Assembly.Load("Migrations"),
    ];

    [GeneratedRegex(@"Log\.\w+\(.*\b(exception|reason|failure|refused|e)\.(Message|Error|MessageText)\b")]
    private static partial Regex MessageInLog();
}
