def test_show(page_of):
    p = page_of("irkutsk").get("/admin/organization/?q=СОШ")
    print(p.response.get_data(as_text=True)[3000:])
    assert 0
