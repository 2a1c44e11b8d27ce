using Switchboard.Simulator.Twilio;

namespace Switchboard.Tests.Simulator.Twilio;

public sealed class SignatureTests
{
    [Fact]
    public void The_example_that_Twilio_tests_its_own_libraries_with_has_its_signature() =>
        TwilioSignature.Of("12345", "https://mycompany.com/myapp.php?foo=1&bar=2",
        [
            new("To", "+18005551212"), new("From", "+14158675309"), new("Digits", "1234"), new("Caller", "+14158675309"),
            new("CallSid", "CA1234567890ABCDE"),
        ]).ShouldBe("RSOYDt4T1cUTdK1PDd93/VVr8B8=");

    [Fact]
    public void Capitals_come_first() =>
        TwilioSignature.Of("t", "u", [new("a", "1"), new("B", "2")]).ShouldBe(TwilioSignature.Of("t", "uB2a1", []));
}
