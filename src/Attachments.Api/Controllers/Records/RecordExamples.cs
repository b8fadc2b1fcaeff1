namespace Attachments.Api.Controllers.Records;

/// <summary>Descriptions and examples of records in the OpenAPI document.</summary>
internal static class RecordExamples
{
    public const string DocumentDescription = "A JSON:API document with one resource of the type `record`.";

    public const string New =
        """
        { "data": { "type": "record", "attributes": { "title": "Lease of the north shore", "pages": 12 } } }
        """;

    public const string Named =
        """
        { "data": { "type": "record", "id": "Contract/57", "attributes": { "title": "Lease of the north shore", "pages": 12 } } }
        """;

    public const string Patch =
        """
        { "data": { "type": "record", "id": "Contract/57", "attributes": { "pages": 13, "signed": null } } }
        """;

    public const string Record =
        """
        { "data": { "type": "record", "id": "Contract/57",
          "attributes": { "title": "Lease of the north shore", "pages": 12 },
          "links": {
            "self": "http://localhost:5080/api/records/Contract/57",
            "attachments": "http://localhost:5080/api/records/Contract/57/attachments" } } }
        """;

    public const string Records =
        """
        { "data": [ { "type": "record", "id": "Contract/57",
            "attributes": { "title": "Lease of the north shore", "pages": 12 },
            "links": {
              "self": "http://localhost:5080/api/records/Contract/57",
              "attachments": "http://localhost:5080/api/records/Contract/57/attachments" } } ],
          "links": { "next": "http://localhost:5080/api/records/Contract?page%5Bsize%5D=1&page%5Bafter%5D=NTc" } }
        """;

    public const string Attachments =
        """
        { "data": [
            { "type": "attachment", "id": "Contract/57/attachments/banana.png",
              "attributes": { "mimetype": "banana/banana", "size": 1234 },
              "links": { "content": "http://localhost:5080/api/records/Contract/57/attachments/content/banana.png" } },
            { "type": "attachment", "id": "Contract/57/attachments/folder/logo.png",
              "attributes": { "mimetype": "banana/banana", "size": 1234 },
              "links": { "content": "http://localhost:5080/api/records/Contract/57/attachments/content/folder/logo.png" } } ] }
        """;
}
