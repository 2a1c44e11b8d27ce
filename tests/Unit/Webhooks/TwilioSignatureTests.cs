using System.Security.Cryptography;
using System.Text;
using Switchboard.Edge.Api.Webhooks.Twilio;

namespace Switchboard.Tests.Unit.Webhooks;

public sealed class TwilioSignatureTests
{
    private const string Token = "12345";
    private const string Url = "https://mycompany.com/myapp.php?foo=1&bar=2";

    // the example of Twilio's guide
    private const string Documented = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
    private const string DocumentedForm =
        "Digits=1234&To=%2B18005551212&From=%2B14158675309&Caller=%2B14158675309&CallSid=CA1234567890ABCDE";

    [Fact]
    public void The_example_of_the_guide_is_let_in() => SignsForm(Documented, DocumentedForm).ShouldBeTrue();

    [Theory]
    [InlineData("RSOYDt4T1cUTdK1PDd93/VVr8B9=", DocumentedForm)]
    [InlineData("", DocumentedForm)]
    [InlineData(Documented + " ", DocumentedForm)]
    [InlineData(Documented + "," + Documented, DocumentedForm)]
    [InlineData(Documented, "")]
    [InlineData(Documented, DocumentedForm + "&More=1")]
    [InlineData(Documented, "Digits=1235&To=%2B18005551212&From=%2B14158675309&Caller=%2B14158675309&CallSid=CA1234567890ABCDE")]
    [InlineData(Documented, "Digits=1234+&To=%2B18005551212&From=%2B14158675309&Caller=%2B14158675309&CallSid=CA1234567890ABCDE")]
    public void One_character_more_or_another_is_not(string signature, string form) => SignsForm(signature, form).ShouldBeFalse();

    [Fact]
    public void Another_token_or_another_address_is_not()
    {
        var fields = FormBody.Parse(Encoding.UTF8.GetBytes(DocumentedForm));
        TwilioSignature.SignsForm(Documented, "12346", [Url], fields).ShouldBeFalse();
        TwilioSignature.SignsForm(Documented, Token, [Url + "&baz=3"], fields).ShouldBeFalse();
        TwilioSignature.SignsForm(Documented, Token, ["https://elsewhere.test/", Url], fields).ShouldBeTrue();
    }

    [Fact]
    public void A_name_that_comes_twice_is_taken_as_either_library_signs_it()
    {
        const string Form = "B=2&A=z&A=a&A=z&A=";
        SignsForm(Sign("AAaAzB2"), Form).ShouldBeTrue("distinct values, sorted, each after its name");
        SignsForm(Sign("Az,a,z,B2"), Form).ShouldBeTrue("all values in one, as NameValueCollection has them");
        SignsForm(Sign("AzAaAzAB2"), Form).ShouldBeFalse();
    }

    [Fact]
    public void Names_are_sorted_by_their_characters_and_values_never_trimmed()
    {
        SignsForm(Sign("A1Z2a3b 4 "), "b=+4+&a=3&Z=2&A=1").ShouldBeTrue();
        SignsForm(Sign("A1Z2a3b4"), "b=+4+&a=3&Z=2&A=1").ShouldBeFalse();
    }

    [Fact]
    public void Any_script_null_bytes_and_bytes_that_are_no_text_are_signed_as_they_came()
    {
        SignsForm(Sign("Bodyこんにちは 👋🏽\0 end"), "Body=" + Uri.EscapeDataString("こんにちは 👋🏽\0 end")).ShouldBeTrue();
        SignsForm(Sign([.. "Body"u8, 0xFF, 0xFE]), "Body=%ff%FE").ShouldBeTrue();
    }

    [Fact]
    public void Json_is_signed_by_the_hash_in_the_query()
    {
        var body = """{"MessageSid":"SM1"}"""u8.ToArray();
        var hash = Convert.ToHexStringLower(SHA256.HashData(body));
        var url = $"https://example.test/api/sms/webhook?bodySHA256={hash}";
        var signature = Convert.ToBase64String(Hash(url, []));

        TwilioSignature.SignsJson(signature, Token, [url], body, hash).ShouldBeTrue();
        TwilioSignature.SignsJson(signature, Token, [url], [.. body, (byte)' '], hash).ShouldBeFalse();
        TwilioSignature.SignsJson(signature, Token, [url], body, null).ShouldBeFalse();
        TwilioSignature.SignsJson(signature, Token, [url + "&x"], body, hash).ShouldBeFalse();
    }

    private static bool SignsForm(string signature, string form) =>
        TwilioSignature.SignsForm(signature, Token, [Url], FormBody.Parse(Encoding.UTF8.GetBytes(form)));

    private static string Sign(string fields) => Sign(Encoding.UTF8.GetBytes(fields));

    private static string Sign(byte[] fields) => Convert.ToBase64String(Hash(Url, fields));

#pragma warning disable CA5350 // the provider's choice
    private static byte[] Hash(string url, byte[] fields) =>
        HMACSHA1.HashData(Encoding.UTF8.GetBytes(Token), Encoding.UTF8.GetBytes(url).Concat(fields).ToArray());
#pragma warning restore CA5350
}
