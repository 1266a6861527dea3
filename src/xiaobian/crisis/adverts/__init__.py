"""What an advert risks under the law, read whole: name, picture and words."""
